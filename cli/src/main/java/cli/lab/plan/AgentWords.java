package cli.lab.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of {@code jctl agent} for one host. In the user's options these places are filled in:
 * {@code {address}} and {@code {name}} of the host itself, its {@code {number}}, and {@code {first}}, the
 * address of node1, which the others join.
 */
public final class AgentWords {
    private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)\\}");
    private static final List<String> PLACES = List.of("address", "name", "number", "first");

    private AgentWords() {}

    /** After the program: {@code agent --data-dir … --run-dir …}, its site, then the user's. */
    public static List<String> of(LabDescription lab, VirtualHost host) {
        List<String> words = new ArrayList<>(List.of("agent", "--data-dir", lab.dataFolder(host).toString(),
                "--run-dir", lab.runFolder(host).toString()));
        if (!host.site().isEmpty()) {
            words.addAll(List.of("--site", host.site()));
        }
        for (String option : host.agentOptions()) {
            words.add(PLACE.matcher(option).replaceAll(place ->
                    Matcher.quoteReplacement(value(place.group(1), lab, host))));
        }
        return words;
    }

    /**
     * Looks for places nobody can fill in.
     *
     * @throws LabRefusal naming the one
     */
    static void check(String option) throws LabRefusal {
        Matcher place = PLACE.matcher(option);
        while (place.find()) {
            if (!PLACES.contains(place.group(1))) {
                throw new LabRefusal("the agent option \"" + option + "\" has the place " + place.group()
                        + ", expected one of {" + String.join("}, {", PLACES) + "}");
            }
        }
    }

    private static String value(String place, LabDescription lab, VirtualHost host) {
        return switch (place) {
            case "address" -> host.address().getHostAddress();
            case "name" -> lab.hostName(host);
            case "number" -> Integer.toString(host.number());
            case "first" -> lab.host(1).address().getHostAddress();
            default -> "{" + place + "}";
        };
    }
}
