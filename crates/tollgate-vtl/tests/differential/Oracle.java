import java.io.*;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.runtime.resource.loader.StringResourceLoader;
import org.apache.velocity.util.introspection.Info;

/** Answers cases with the Apache Velocity on the class path; the README says what lines hold. */
public class Oracle {
    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            var question = (Map<?, ?>) new Json(line).value();
            String[] answer = {"error", "Timeout"};
            // Deep recursion takes a large stack, and a template may not end.
            var thread = new Thread(null, () -> {
                String[] given = render(question);
                synchronized (answer) { System.arraycopy(given, 0, answer, 0, 2); }
            }, "case", 16 << 20);
            thread.setDaemon(true);
            thread.start();
            thread.join(10_000);
            synchronized (answer) {
                out.println("{\"id\":" + quote((String) question.get("id")) + ",\"" + answer[0] + "\":" + quote(answer[1]) + "}");
            }
        }
        System.exit(0);
    }

    /** The name of the answer's member, and the member. */
    static String[] render(Map<?, ?> question) {
        try {
            var output = new StringWriter();
            var context = new VelocityContext(new HashMap<>(object(question, "context")));
            engine(question).evaluate(context, output, "case", (String) question.get("template"));
            return new String[] {"output", output.toString()};
        } catch (Throwable thrown) {
            return new String[] {"error", thrown.getClass().getSimpleName()};
        }
    }

    static VelocityEngine engine(Map<?, ?> question) throws Exception {
        var engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.setProperty("resource.loader", "string");
        engine.setProperty("string.resource.loader.class", StringResourceLoader.class.getName());
        if (Boolean.TRUE.equals(question.get("aws"))) {
            engine.setProperty("eventhandler.invalidreferences.class", NullIsEmpty.class.getName());
            engine.setProperty("velocimacro.permissions.allow.inline", "false");
        }
        for (var property : object(question, "props").entrySet()) {
            engine.setProperty(property.getKey(), property.getValue());
        }
        engine.init();
        // The first look-up makes the repository.
        engine.resourceExists("none");
        for (var file : object(question, "files").entrySet()) {
            StringResourceLoader.getRepository().putStringResource(file.getKey(), (String) file.getValue());
        }
        return engine;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Map<?, ?> question, String member) {
        var object = (Map<String, Object>) question.get(member);
        return object == null ? Map.of() : object;
    }

    /** What Amazon API Gateway makes of a reference that leads nowhere. */
    public static class NullIsEmpty implements InvalidReferenceEventHandler {
        public Object invalidGetMethod(Context context, String reference, Object object, String property, Info info) {
            return "";
        }

        public boolean invalidSetMethod(Context context, String left, String right, Info info) {
            return false;
        }

        public Object invalidMethod(Context context, String reference, Object object, String method, Info info) {
            return "";
        }
    }

    static String quote(String text) {
        var quoted = new StringBuilder("\"");
        for (char unit : text.toCharArray()) {
            boolean plain = unit >= ' ' && unit <= '~' && unit != '"' && unit != '\\';
            quoted.append(plain ? String.valueOf(unit) : String.format("\\u%04x", (int) unit));
        }
        return quoted.append('"').toString();
    }

    /** Reads JSON that is known to be well formed. */
    static class Json {
        final String text;
        int at;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            switch (next()) {
                case '{': {
                    var object = new LinkedHashMap<String, Object>();
                    for (at++; next() != '}'; ) {
                        String name = string();
                        next();
                        at++;
                        object.put(name, value());
                        if (next() == ',') at++;
                    }
                    at++;
                    return object;
                }
                case '[': {
                    var list = new ArrayList<Object>();
                    for (at++; next() != ']'; ) {
                        list.add(value());
                        if (next() == ',') at++;
                    }
                    at++;
                    return list;
                }
                case '"':
                    return string();
                default:
                    return word();
            }
        }

        char next() {
            while (Character.isWhitespace(text.charAt(at))) at++;
            return text.charAt(at);
        }

        Object word() {
            int start = at;
            while (at < text.length() && ",]} ".indexOf(text.charAt(at)) < 0) at++;
            String word = text.substring(start, at);
            switch (word) {
                case "null": return null;
                case "true": return true;
                case "false": return false;
            }
            if (word.matches(".*[.eE].*")) return Double.valueOf(word);
            var number = new BigInteger(word);
            if (number.bitLength() < 32) return number.intValue();
            return number.bitLength() < 64 ? (Object) number.longValue() : number;
        }

        String string() {
            next();
            var string = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char unit = text.charAt(at);
                if (unit == '\\') {
                    unit = text.charAt(++at);
                    int plain = "nrtbf".indexOf(unit);
                    if (plain >= 0) unit = "\n\r\t\b\f".charAt(plain);
                    if (unit == 'u') {
                        unit = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    }
                }
                string.append(unit);
            }
            at++;
            return string.toString();
        }
    }
}
