//! Writes manifest.ttl and continuo.ttl of the LV2 bundle: `lv2-turtle FOLDER LIBRARY`.

use continuo_plugin::turtle;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(library)) = (arguments.next(), arguments.next()) else {
        return Err("usage: lv2-turtle FOLDER LIBRARY".into());
    };
    std::fs::write(
        Path::new(&folder).join("manifest.ttl"),
        turtle::manifest(&library),
    )?;
    std::fs::write(
        Path::new(&folder).join("continuo.ttl"),
        turtle::plugins(&library),
    )?;
    Ok(())
}
