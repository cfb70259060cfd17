package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What networks add to a container's start by an agent that runs already, for {@code bench/overlay}: the socket, the
 * image, the program that says when it began, how many runs of each, and the networks. Writes a line for each network: it,
 * its median in milliseconds, and the spread.
 */
final class StartBench {
    private static final int WARM_UP = 200;

    private StartBench() {}

    public static void main(String[] words) throws Exception {
        List<String> networks = List.of(words).subList(4, words.length);
        Map<String, List<Double>> values = new LinkedHashMap<>();
        networks.forEach(each -> values.put(each, new ArrayList<>()));
        List<String> stamp = List.of(words[2], "stamp");
        int repetitions = Integer.parseInt(words[3]);
        try (Runs runs = new Runs(Path.of(words[0]), words[1])) {
            for (int i = -WARM_UP; i < repetitions; i++) { // the agent's code is compiled by then
                for (String network : networks) {
                    double first = runs.once(network, stamp).firstInstruction();
                    if (i >= 0) {
                        values.get(network).add(first);
                    }
                }
            }
        }
        values.forEach((network, each) -> System.out.println(network + " " + Sample.number(Sample.of(each).median())
                + " " + Sample.of(each).in("ms")));
    }
}
