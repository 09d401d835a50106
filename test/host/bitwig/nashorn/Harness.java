import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory;

/**
 * Runs scripts on Nashorn for a test that holds the rest of Bitwig. Lines in and out, of words: a command, then values
 * (see Wire). In come "open ENGINE HOST", "load ENGINE TEXT", "call ENGINE NAME", "eval ENGINE TEXT" and "invoke
 * FUNCTION VALUES", each of which is answered by "done VALUE" or "failed TEXT". Meanwhile "ask OBJECT METHOD VALUES" may
 * come out, which is answered by "result VALUE" or "throw TEXT", after any number of other commands.
 */
public final class Harness {
  private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
  private final PrintStream out = System.out;
  private final Wire wire = new Wire(this);
  private final Map<String, ScriptEngine> engines = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    new Harness().serve();
  }

  private void serve() throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) obey(line);
  }

  /** Call a method of an object of the test's. */
  Object ask(String object, String method, Object[] values, Class<?>[] types, Class<?> wanted) throws Throwable {
    StringBuilder words = new StringBuilder("ask " + object + " " + method);
    for (int i = 0; i < types.length; i++) words.append(' ').append(wire.encode(values[i], types[i]));
    write(words.toString());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("result ")) return wire.decode(line.substring(7), wanted);
      if (line.startsWith("throw ")) throw new RuntimeException(Wire.text(line.substring(6)));
      obey(line);
    }
    throw new IOException("the test is gone");
  }

  private void obey(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    try {
      write("done " + wire.encode(run(words), Object.class));
    } catch (Throwable thrown) {
      write("failed " + Wire.word(describe(thrown)));
    }
  }

  private Object run(List<String> words) throws Throwable {
    String first = words.get(1);
    switch (words.get(0)) {
      case "open":
        engines.put(first, open(wire.decode(words.get(2), Api.ControllerHost.class)));
        return null;
      case "load":
        engines.get(first).eval(Wire.text(words.get(2)));
        return null;
      case "call":
        return ((Invocable) engines.get(first)).invokeFunction(words.get(2));
      case "eval":
        return engines.get(first).eval("JSON.stringify(" + Wire.text(words.get(2)) + ")");
      case "invoke":
        return wire.function(first).call(words.subList(2, words.size()));
      default:
        throw new IllegalArgumentException(words.get(0));
    }
  }

  private ScriptEngine open(Object host) throws ScriptException {
    ScriptEngine engine = new NashornScriptEngineFactory().getScriptEngine();
    engine.put("host", host);
    IntConsumer loadAPI = version -> {
      if (version > 17) throw new IllegalArgumentException("API " + version + " is not there");
    };
    engine.put("loadAPI", loadAPI);
    return engine;
  }

  private static String describe(Throwable thrown) {
    return thrown.getMessage() != null ? thrown.getMessage() : thrown.toString();
  }

  private void write(String line) {
    out.print(line + "\n");
    out.flush();
  }
}
