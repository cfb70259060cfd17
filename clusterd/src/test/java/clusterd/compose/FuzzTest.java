package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuzzTest {
    private static final int MUTATIONS = 1500;
    private static final List<String> BITS = List.of("[", "]", "{", "}", ":", ": ", "- ", "\n", "  ", "\t", "&a ", "*a", "<<: ",
            "!reset ", "!override ", "!!int ", "$", "${", "${A:-", "\"", "'", "|\n", ">-\n", "#", "?", "0", "-1", "99999999999",
            "null", "true", "~", "x-", "\u0000", "\uFEFF", "é", "🍣", "---\n", "...\n", "%", "@", "`", "\r", "0x1F", "1e9", ".inf");

    private static List<String> seeds() throws IOException {
        List<String> seeds = new ArrayList<>();
        for (String name : List.of("shop", "vote", "lab", "media", "blog")) {
            try (InputStream in = FuzzTest.class.getResourceAsStream(name + ".yaml")) {
                seeds.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return seeds;
    }

    @Test
    void mutatedFilesGiveAProjectOrErrorsAndNothingElse() throws IOException {
        List<String> seeds = seeds();
        Random random = new Random(4711);
        int projects = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            for (int change = 0; change <= random.nextInt(6); change++) {
                mutate(text, random, seeds);
            }
            ComposeOutcome outcome = Read.with().variable("TAG", "7").file("/shop/web.env", "A=1")
                    .variable("DB_PASSWORD", "x").outcome(text.toString());
            assertTrue(outcome.project().isPresent() != !outcome.errors().isEmpty(), text::toString);
            if (outcome.project().isPresent()) {
                projects++;
                String printed = ComposePrinter.print(outcome.project().orElseThrow());
                ComposeOutcome again = Read.with().variable("DB_PASSWORD", "x").outcome(printed);
                assertTrue(again.project().equals(outcome.project()), () -> again.errors() + "\n" + text + "\n" + printed);
            }
        }
        assertTrue(projects > MUTATIONS / 50, "only " + projects + " were projects");
    }

    private static final List<String> VALUES = List.of("[]", "{}", "null", "x", "-1", "0", "1", "[a]", "[[a]]", "{a: b}",
            "{a: {b: c}}", "true", "\"\"", "[null]", "[{}]", "[{a: b}]", "1.5", "/a", "[\"/a:/b\"]", "\"a:b:c\"", "10s", "\"$\"",
            "[\"\"]", "[1, 1]", "{\"\": 1}", "[=]", "[\":\"]", "\"=\"", "[\"a=\"]", "\"/\"", "[\"/\"]", "\"::\"", "[\"::\"]", "1-2", "[a, a]",
            "\" \"", "[\" \"]", "host", "service:a", "all", "[{type: bind}]", "[{target: 1}]", "[{source: s}]", "{name: n}", "default",
            "[default]", "!reset null", "!override [a]", "{a: !reset 1}", "[{count: 1}]", "[{capabilities: [gpu]}]", "[{service: it}]",
            "on-failure:99", "it", "[it]", "{it: }", "{it: {}}", "2147483648", "1k", "CMD", "[CMD]", "[NONE]", "0777", "[a b]", "?");

    /** A key of the table with any value, among others that make a project. */
    private static String anyKey(Random random) {
        String path = KeyTable.all().get(random.nextInt(KeyTable.all().size())).path();
        StringBuilder text = new StringBuilder();
        StringBuilder indent = new StringBuilder();
        String[] parts = path.split("\\.");
        int depth = random.nextInt(4) == 0 ? 1 + random.nextInt(parts.length) : parts.length;
        for (int i = 0; i < depth; i++) {
            text.append(indent).append(parts[i].equals("*") ? "it" : parts[i]).append(':');
            text.append(i == depth - 1 ? " " + VALUES.get(random.nextInt(VALUES.size())) + "\n" : "\n");
            indent.append("  ");
            if (i < depth - 1 && random.nextInt(4) == 0) {
                text.append(indent).append("-\n");
                indent.append("  ");
            }
            if (i == 1 && parts[0].equals("services") && depth > 2) {
                text.append(indent).append("image: y\n");
            }
        }
        return text.toString();
    }

    @Test
    void anyValueOfAnyKeyGivesAProjectOrErrorsAndNothingElse() {
        Random random = new Random(815);
        int projects = 0;
        for (int i = 0; i < 3 * MUTATIONS; i++) {
            String base = "services: {it: {image: x}, a: {image: y}}\nvolumes: {a: , it: }\nsecrets: {a: {external: true}}\n";
            String[] files = i % 3 == 0 ? new String[] {base, anyKey(random), anyKey(random)}
                    : new String[] {base, anyKey(random)};
            ComposeOutcome outcome = Read.with().profile("*").file("/shop/a", "b=c").outcome(files);
            assertTrue(outcome.project().isPresent() != !outcome.errors().isEmpty(), () -> String.join("---\n", files));
            if (outcome.project().isPresent()) {
                projects++;
                String printed = ComposePrinter.print(outcome.project().orElseThrow());
                ComposeOutcome again = Read.with().profile("*").outcome(printed);
                assertTrue(again.project().equals(outcome.project()),
                        () -> again.errors() + "\n" + String.join("---\n", files) + "\n" + printed);
                outcome.project().orElseThrow().startOrder();
                Read.canBeDeployed(outcome.project().orElseThrow());
            }
        }
        assertTrue(projects > MUTATIONS / 10, "only " + projects + " were projects");
    }

    private static void mutate(StringBuilder text, Random random, List<String> seeds) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + 1 + random.nextInt(30));
        switch (random.nextInt(6)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(at, BITS.get(random.nextInt(BITS.size())));
            case 2 -> text.replace(at, end, BITS.get(random.nextInt(BITS.size())));
            case 3 -> text.insert(at, text.substring(at, end));
            case 4 -> {
                String other = seeds.get(random.nextInt(seeds.size()));
                int from = random.nextInt(other.length());
                text.insert(at, other, from, Math.min(other.length(), from + 60));
            }
            default -> {
                if (at < text.length()) {
                    text.setCharAt(at, (char) random.nextInt(0x180));
                }
            }
        }
    }
}
