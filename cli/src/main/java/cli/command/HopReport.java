package cli.command;

import api.node.TraceNetworkResponse.Hop;
import cli.render.Json;
import cli.render.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was found of networks, a line each, or as JSON. */
final class HopReport {
    private HopReport() {}

    /** The value of {@code --output}. */
    static String output(Arguments arguments) throws UsageException {
        String output = arguments.value("output", "text");
        if (!output.equals("text") && !output.equals("json")) {
            throw Arguments.invalid("output", output, "expected text or json");
        }
        return output;
    }

    /**
     * Prints it.
     *
     * @return the exit code: 1 if something fails
     */
    static int print(List<Hop> hops, String output, Console console) throws IOException {
        if (output.equals("json")) {
            console.println(Json.indented(values(hops)));
        } else {
            console.print(text(hops));
        }
        return hops.stream().anyMatch(each -> each.getState() == Hop.State.FAILS) ? 1 : 0;
    }

    private static String text(List<Hop> hops) {
        Table table = new Table();
        for (Hop hop : hops) {
            table.add(switch (hop.getState()) {
                case HOLDS -> "ok";
                case FAILS -> "FAILS";
                case WARNS -> "warns";
                case UNKNOWN, UNRECOGNIZED -> "-";
            }, hop.getName(), hop.getWhat() + (hop.getMend().isEmpty() ? "" : ". " + hop.getMend()));
        }
        return table.text();
    }

    private static List<Object> values(List<Hop> hops) {
        List<Object> values = new ArrayList<>();
        for (Hop hop : hops) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("Name", hop.getName());
            value.put("State", hop.getState().name().toLowerCase(Locale.ROOT));
            value.put("What", hop.getWhat());
            value.put("Mend", hop.getMend());
            values.add(value);
        }
        return values;
    }
}
