import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values as words: "z" nothing, "t" and "f", "nNUMBER", "sTEXT" (as in a URL), "yHEX" bytes, "aTEXT,TEXT" texts,
 * "oID:INTERFACE" an object of the test's, "rID" a function of the script's, "kNAME=WORD;NAME=WORD" a note step as it
 * was, "eNAME" a constant of an enumeration, known by its name alone.
 */
final class Wire {
  private final Harness harness;
  private final Map<String, Object> objects = new HashMap<>();
  private final Map<Object, String> ids = new HashMap<>();
  private final List<Function> functions = new ArrayList<>();

  Wire(Harness harness) {
    this.harness = harness;
  }

  /** A function of the script's, as Nashorn made it fit an interface. */
  final class Function {
    private final Object adapted;
    private final Method method;

    Function(Object adapted, Class<?> type) {
      this.adapted = adapted;
      this.method = type.getMethods()[0];
    }

    Object call(List<String> words) throws Throwable {
      Object[] values = new Object[words.size()];
      for (int i = 0; i < values.length; i++) values[i] = decode(words.get(i), method.getParameterTypes()[i]);
      try {
        return method.invoke(adapted, values);
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }
  }

  Function function(String id) {
    return functions.get(Integer.parseInt(id));
  }

  String encode(Object value, Class<?> type) {
    if (value == null) return "z";
    if (value instanceof Boolean) return (Boolean) value ? "t" : "f";
    if (value instanceof Number) return "n" + ((Number) value).doubleValue();
    if (value instanceof byte[]) return "y" + hex((byte[]) value);
    if (value instanceof String[]) {
      StringBuilder words = new StringBuilder("a");
      for (String each : (String[]) value) words.append(words.length() > 1 ? "," : "").append(word(each));
      return words.toString();
    }
    if (ids.containsKey(value)) return "o" + ids.get(value);
    if (type.isAnnotationPresent(FunctionalInterface.class)) {
      functions.add(new Function(value, type));
      return "r" + (functions.size() - 1);
    }
    return "s" + word(value.toString());
  }

  Object decode(String word, Class<?> wanted) {
    String rest = word.substring(1);
    switch (word.charAt(0)) {
      case 'z':
        return null;
      case 't':
      case 'f':
        return word.charAt(0) == 't';
      case 'n':
        return wanted == int.class ? (Object) (int) Double.parseDouble(rest) : (Object) Double.parseDouble(rest);
      case 's':
        return text(rest);
      case 'y':
        return bytes(rest);
      case 'o':
        return object(rest);
      case 'k':
        return noteStep(rest);
      case 'e':
        return new Constant(rest);
      default:
        throw new IllegalArgumentException(word);
    }
  }

  /** Of a Java enumeration the script knows the text alone. */
  private static final class Constant {
    private final String name;

    Constant(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private Object object(String idAndType) {
    Object known = objects.get(idAndType);
    if (known != null) return known;
    String[] parts = idAndType.split(":");
    Object made = make(parts[1], (method, values) ->
        harness.ask(parts[0], method.getName(), values, method.getParameterTypes(), method.getReturnType()));
    objects.put(idAndType, made);
    ids.put(made, parts[0]);
    return made;
  }

  private Object noteStep(String members) {
    Map<String, String> words = new HashMap<>();
    for (String each : members.split(";")) words.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
    return make("NoteStep", (method, values) -> {
      String word = words.get(method.getName());
      if (word == null) throw new UnsupportedOperationException("NoteStep." + method.getName() + " is not faked");
      return decode(word, method.getReturnType());
    });
  }

  private interface Answer {
    Object of(Method method, Object[] values) throws Throwable;
  }

  private static Object make(String type, Answer answer) {
    try {
      Class<?> face = Class.forName("Api$" + type);
      InvocationHandler handler = (proxy, method, values) -> {
        if (method.getName().equals("toString")) return type;
        if (method.getName().equals("hashCode")) return System.identityHashCode(proxy);
        if (method.getName().equals("equals")) return proxy == values[0];
        return answer.of(method, values);
      };
      return Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, handler);
    } catch (ClassNotFoundException thrown) {
      throw new IllegalArgumentException("the API has no " + type);
    }
  }

  static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static String text(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte each : bytes) hex.append(String.format("%02x", each));
    return hex.toString();
  }

  private static byte[] bytes(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    return bytes;
  }
}
