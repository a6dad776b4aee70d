import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What {@code java.util.regex} makes of a case, for cases read from standard input.
 *
 * <p>A case is one line of four fields separated by tabs: pattern, text, replacement and limit.
 * The first three are UTF-8 in hexadecimal, with "-" for an absent replacement or limit. Each
 * answer is a line of JSON; ranges count UTF-8 bytes.
 */
public final class Oracle {
    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintWriter(new BufferedWriter(
            new OutputStreamWriter(System.out, StandardCharsets.UTF_8)));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] fields = line.split("\t", -1);
            StringBuilder answer = new StringBuilder();
            try {
                answer(answer, fields);
            } catch (PatternSyntaxException refused) {
                answer.setLength(0);
                answer.append("{\"error\":").append(quoted(refused.getDescription())).append('}');
            } catch (StackOverflowError | RuntimeException broken) {
                answer.setLength(0);
                answer.append("{\"broken\":").append(quoted(name(broken))).append('}');
            }
            out.println(answer);
        }
        out.flush();
    }

    private static void answer(StringBuilder answer, String[] fields) {
        Pattern pattern = Pattern.compile(text(fields[0]));
        String text = text(fields[1]);
        Matcher matcher = pattern.matcher(text);
        answer.append("{\"matches\":");
        if (matcher.matches()) {
            groups(answer, matcher, text);
        } else {
            answer.append("null");
        }
        matcher.reset();
        answer.append(",\"finds\":[");
        for (String comma = ""; matcher.find(); comma = ",") {
            answer.append(comma);
            groups(answer, matcher, text);
        }
        answer.append(']');
        if (!fields[2].equals("-")) {
            String replacement = text(fields[2]);
            replaced(answer, "all", () -> pattern.matcher(text).replaceAll(replacement));
            replaced(answer, "first", () -> pattern.matcher(text).replaceFirst(replacement));
        }
        if (!fields[3].equals("-")) {
            answer.append(",\"split\":[");
            String comma = "";
            for (String piece : pattern.split(text, Integer.parseInt(fields[3]))) {
                answer.append(comma).append(quoted(piece));
                comma = ",";
            }
            answer.append(']');
        }
        answer.append('}');
    }

    private static void replaced(
            StringBuilder answer, String member, Supplier<String> replace) {
        answer.append(",\"").append(member).append("\":");
        try {
            answer.append(quoted(replace.get()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            answer.append("{\"error\":").append(quoted(refused.getMessage())).append('}');
        }
    }

    private static void groups(StringBuilder answer, Matcher matcher, String text) {
        String comma = "";
        answer.append('[');
        for (int group = 0; group <= matcher.groupCount(); group++) {
            answer.append(comma);
            comma = ",";
            if (matcher.start(group) < 0) {
                answer.append("null");
            } else {
                answer.append('[').append(bytes(text, matcher.start(group))).append(',')
                    .append(bytes(text, matcher.end(group))).append(']');
            }
        }
        answer.append(']');
    }

    private static int bytes(String text, int end) {
        return text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    }

    private static String text(String hexadecimal) {
        return new String(HexFormat.of().parseHex(hexadecimal), StandardCharsets.UTF_8);
    }

    private static String name(Throwable broken) {
        return broken.getClass().getSimpleName();
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char unit : String.valueOf(text).toCharArray()) {
            if (unit < ' ' || unit > '~' || unit == '"' || unit == '\\') {
                json.append(String.format("\\u%04x", (int) unit));
            } else {
                json.append(unit);
            }
        }
        return json.append('"').toString();
    }
}
