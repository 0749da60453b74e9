package io.engram.client.cli;

import io.engram.client.AttributeValue;
import io.engram.client.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// Conditions on attributes; all given ones must hold.
final class Where {
    private static final Pattern CONDITION = Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_.-]*?)\\s*(!=|>=|<=|=|>|<|\\?)\\s*(.*?)\\s*");

    @Option(names = "--where", paramLabel = "CONDITION",
            description = "attribute=value, !=, >, >=, <, <=, attribute=a|b|c (one of), attribute? (has it). Numbers and true/false are "
                    + "taken as such, 'quoted' text never. May be given several times: all must hold.")
    private List<String> conditions = new ArrayList<>();

    Optional<Filter> filter() {
        if (conditions.isEmpty()) return Optional.empty();
        if (conditions.size() == 1) return Optional.of(parse(conditions.get(0)));
        return Optional.of(new Filter.And(conditions.stream().map(Where::parse).toList()));
    }

    static Filter parse(String condition) {
        Matcher matcher = CONDITION.matcher(condition);
        if (!matcher.matches()) throw new IllegalArgumentException("--where '" + condition + "' is no condition: write attribute=value");
        String attribute = matcher.group(1);
        String operator = matcher.group(2);
        String value = matcher.group(3);
        if (operator.equals("?")) return Filter.exists(attribute);
        if (operator.equals("=") || operator.equals("!=")) {
            List<AttributeValue> values = new ArrayList<>();
            for (String one : isQuoted(value) ? List.of(value) : List.of(value.split("\\|", -1))) values.add(value(one));
            Filter equal = values.size() == 1 ? Filter.equal(attribute, values.get(0)) : Filter.in(attribute, values);
            return operator.equals("=") ? equal : Filter.not(equal);
        }
        if (operator.equals(">=")) return Filter.atLeast(attribute, value(value));
        if (operator.equals(">")) return Filter.above(attribute, value(value));
        if (operator.equals("<=")) return Filter.atMost(attribute, value(value));
        return Filter.below(attribute, value(value));
    }

    /// A number, a truth value, or text.
    static AttributeValue value(String text) {
        if (isQuoted(text)) return AttributeValue.of(text.substring(1, text.length() - 1));
        if (text.equals("true") || text.equals("false")) return AttributeValue.of(Boolean.parseBoolean(text));
        try {
            return AttributeValue.of(Long.parseLong(text));
        } catch (NumberFormatException notWhole) {
            try {
                double real = Double.parseDouble(text);
                return Double.isFinite(real) && text.matches("[-+0-9.eE]+") ? AttributeValue.of(real) : AttributeValue.of(text);
            } catch (NumberFormatException notANumber) {
                return AttributeValue.of(text);
            }
        }
    }

    private static boolean isQuoted(String text) {
        return text.length() >= 2 && ((text.startsWith("'") && text.endsWith("'")) || (text.startsWith("\"") && text.endsWith("\"")));
    }
}
