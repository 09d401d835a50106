//! The Turtle that LV2 hosts read instead of loading the library, made from the engine's table of parameters.

use super::ui::URI;
use crate::kind::Kind;
use continuo_plugin_engine::{Kind as Entry, PARAMETERS, Parameter, ParameterId};
use std::fmt::Write as _;

/// `library`: the file's name in the bundle.
pub fn manifest(library: &str) -> String {
    let mut text = String::from(
        "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n",
    );
    for kind in Kind::ALL {
        let uri = kind.uri().to_string_lossy();
        let _ = write!(
            text,
            "\n<{uri}>\n\ta lv2:Plugin ;\n\tlv2:binary <{library}> ;\n\trdfs:seeAlso <continuo.ttl> .\n"
        );
    }
    let ui = URI.to_string_lossy();
    let _ = write!(
        text,
        "\n<{ui}>\n\ta <http://lv2plug.in/ns/extensions/ui#{}> ;\n\tlv2:binary <{library}> ;\n\trdfs:seeAlso <continuo.ttl> .\n",
        ui_class(library)
    );
    text
}

/// What kind of window the library of a system makes.
fn ui_class(library: &str) -> &'static str {
    match library.rsplit('.').next() {
        Some("dll") => "WindowsUI",
        Some("dylib") => "CocoaUI",
        _ => "X11UI",
    }
}

/// Both plugins with their ports, and their UI. `library`: the file's name in the bundle.
pub fn plugins(library: &str) -> String {
    let mut text = format!("{PREFIXES}{PROJECT}");
    let _ = write!(
        text,
        "\n<{}>\n\ta ui:{} ;\n\tlv2:requiredFeature <http://lv2plug.in/ns/ext/instance-access> , ui:parent , ui:idleInterface ;\n\
         \tlv2:optionalFeature ui:resize ;\n\tlv2:extensionData ui:idleInterface , ui:resize .\n",
        URI.to_string_lossy(),
        ui_class(library)
    );
    for kind in Kind::ALL {
        plugin(&mut text, kind);
    }
    text
}

const PREFIXES: &str = "\
@prefix atom: <http://lv2plug.in/ns/ext/atom#> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix midi: <http://lv2plug.in/ns/ext/midi#> .
@prefix pprops: <http://lv2plug.in/ns/ext/port-props#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rsz: <http://lv2plug.in/ns/ext/resize-port#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
@prefix time: <http://lv2plug.in/ns/ext/time#> .
@prefix ui: <http://lv2plug.in/ns/extensions/ui#> .
@prefix units: <http://lv2plug.in/ns/extensions/units#> .
@prefix urid: <http://lv2plug.in/ns/ext/urid#> .
";

const PROJECT: &str = "
<urn:continuo:project>
\ta doap:Project ;
\tdoap:name \"Continuo\" ;
\tdoap:maintainer [ a foaf:Person ; foaf:name \"Continuo\" ] .
";

fn plugin(text: &mut String, kind: Kind) {
    let class = if kind.has_audio() {
        "lv2:InstrumentPlugin"
    } else {
        "lv2:MIDIPlugin"
    };
    let _ = write!(
        text,
        "\n<{uri}>\n\ta lv2:Plugin , {class} ;\n\tdoap:name \"{name}\" ;\n\
         \tdoap:license <https://spdx.org/licenses/MIT> ;\n\
         \tlv2:project <urn:continuo:project> ;\n\
         \tlv2:minorVersion 0 ;\n\tlv2:microVersion 4 ;\n\
         \tlv2:requiredFeature urid:map ;\n\tlv2:optionalFeature lv2:hardRTCapable ;\n\
         \tlv2:extensionData state:interface ;\n\tui:ui <{ui}> ;\n\tlv2:port ",
        uri = kind.uri().to_string_lossy(),
        name = kind.name(),
        ui = URI.to_string_lossy(),
    );
    let mut ports = vec![events(true), events(false)];
    if kind.has_audio() {
        ports.push(audio("left", "Tone left"));
        ports.push(audio("right", "Tone right"));
    }
    ports.push(FREE_WHEELING.into());
    ports.extend(PARAMETERS.iter().map(control));
    let ports: Vec<String> = ports
        .iter()
        .enumerate()
        .map(|(index, port)| format!("[\n\t\tlv2:index {index} ;\n{port}\t]"))
        .collect();
    let _ = writeln!(text, "{} .", ports.join(" , "));
}

fn events(is_input: bool) -> String {
    let (class, symbol, name, supports) = if is_input {
        (
            "lv2:InputPort",
            "notes_in",
            "Notes in",
            "midi:MidiEvent , time:Position",
        )
    } else {
        ("lv2:OutputPort", "notes_out", "Notes out", "midi:MidiEvent")
    };
    format!(
        "\t\ta {class} , atom:AtomPort ;\n\t\tatom:bufferType atom:Sequence ;\n\t\tatom:supports {supports} ;\n\
         \t\tlv2:designation lv2:control ;\n\t\tlv2:symbol \"{symbol}\" ;\n\t\tlv2:name \"{name}\" ;\n\
         \t\trsz:minimumSize 32768\n"
    )
}

fn audio(symbol: &str, name: &str) -> String {
    format!(
        "\t\ta lv2:OutputPort , lv2:AudioPort ;\n\t\tlv2:symbol \"{symbol}\" ;\n\t\tlv2:name \"{name}\"\n"
    )
}

const FREE_WHEELING: &str = "\
\t\ta lv2:InputPort , lv2:ControlPort ;
\t\tlv2:designation lv2:freeWheeling ;
\t\tlv2:symbol \"free_wheeling\" ;
\t\tlv2:name \"Free wheeling\" ;
\t\tlv2:portProperty lv2:toggled , pprops:notOnGUI ;
\t\tlv2:default 0 ;
\t\tlv2:minimum 0 ;
\t\tlv2:maximum 1
";

fn control(parameter: &Parameter) -> String {
    let mut text = format!(
        "\t\ta lv2:InputPort , lv2:ControlPort ;\n\t\tlv2:symbol \"{}\" ;\n\t\tlv2:name \"{}\" ;\n\
         \t\tlv2:default {:?} ;\n\t\tlv2:minimum {:?} ;\n\t\tlv2:maximum {:?}",
        parameter.symbol, parameter.name, parameter.default, parameter.minimum, parameter.maximum,
    );
    let properties = match parameter.kind {
        Entry::Choice(_) => "lv2:integer , lv2:enumeration",
        Entry::Whole { .. } | Entry::Pitch => "lv2:integer",
        Entry::Toggle => "lv2:toggled",
        Entry::Button => "lv2:toggled , pprops:trigger",
        Entry::Share | Entry::Number => "",
    };
    if !properties.is_empty() {
        let _ = write!(text, " ;\n\t\tlv2:portProperty {properties}");
    }
    if let Entry::Whole { unit: "ms" } = parameter.kind {
        text.push_str(" ;\n\t\tunits:unit units:ms");
    }
    if parameter.id == ParameterId::Bypass {
        text.push_str(" ;\n\t\trdfs:comment \"Passes the input on and adds nothing\"");
    }
    if let Entry::Choice(names) = parameter.kind {
        let points: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(value, name)| scale_point(name, value))
            .collect();
        let _ = write!(text, " ;\n\t\tlv2:scalePoint {}", points.join(" , "));
    }
    text.push('\n');
    text
}

fn scale_point(name: &str, value: usize) -> String {
    format!("[ rdfs:label \"{name}\" ; rdf:value {value} ]")
}
