package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest {
    private static final String GOOD = "services: {web: {image: nginx}}\n";

    @Test
    void aliasesThatMultiplyAreStopped() {
        StringBuilder text = new StringBuilder("x-a: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 30; i++) {
            String alias = "*a" + (i - 1);
            text.append("x-").append(i).append(": &a").append(i).append(" [")
                    .append(String.join(", ", List.of(alias, alias, alias, alias, alias, alias))).append("]\n");
        }
        Read.with().oneError("aliases make more than 200000 values", text + GOOD);
    }

    @Test
    void anchorsThatHoldThemselvesAreTold() {
        Read.with().oneError("0.yaml:1:22: *a stands inside of what it names", "x: &a {b: [1, {c: 2, d: *a}]}\n"
                .replace("x: &a {b: [1, {c: 2, d: *a}]}", "x-a: &a {b: [1, {d:  *a}]}") + GOOD);
        Read.with().oneError("*b names nothing", "x-a: *b\n" + GOOD);
    }

    @Test
    void hugeFilesAreNotRead() {
        Read.with().oneError("at most 1048576 are read", GOOD + "# ".repeat(5_000_000));
    }

    @Test
    void deepNestingIsTold() {
        Read.with().oneError("more than 64 deep", "x-a: " + "[".repeat(100_000));
        Read.with().oneError("more than 64 deep", IntStream.range(0, 300).mapToObj(i -> " ".repeat(i) + "a:")
                .collect(Collectors.joining("\n")));
        Read.with().oneError("variables are more than 20 deep",
                Read.file("user: '" + "${A:-".repeat(5000) + "}".repeat(5000) + "'"));
    }

    @Test
    void keysGivenTwiceAreTold() {
        Read.with().oneError("0.yaml:5:5: key \"user\" is given a second time: line 4 has it already",
                Read.file("user: a\nuser: b"));
    }

    @Test
    void tabsAreTold() {
        Read.with().oneError("with spaces, not with tabs", "services:\n\tweb:\n\t\timage: a\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \n# nothing\n", "---\n", "null", "text", "- a\n- b", "{", "\"", "services:", "services: {}",
        "services: []", "services: {web: }", "services: {web: []}", "services: {web: {}}", "services: {web: {image: }}",
        "services: {web: {image: [a]}}", "services: {\"a b\": {image: x}}", "services: {-a: {image: x}}",
        "services: {[a]: {image: x}}", "? {a: b}\n: c", "services: {web: {image: !!binary aGk=, user: !x y}}",
        "%YAML 3.0\n---\na: b", "services: {web: {image: \"\\uD800\"}}", "services: {web: {image: \"a\\0b\"}}",
        "\uFEFFa", "services: {web: {image: x, <<: 5}}", "services: {web: {image: x}, web: {image: x}}",
        "name: UPPER\nservices: {web: {image: }}"})
    void whatIsNoProjectIsTold(String text) {
        ComposeOutcome outcome = Read.with().outcome(text);
        assertTrue(outcome.project().isEmpty());
        assertTrue(outcome.errors().size() >= 1 && outcome.errors().size() <= 3, outcome.errors()::toString);
    }

    @Test
    void otherScriptsAreOrdinaryTexts() {
        ComposeService service = Read.with().service("environment: {ГОРОД: 'Köln 東京 🍣'}\nlabels: {名: \"\\U0001F363\"}");
        assertEquals("Köln 東京 🍣", service.program().environment().get("ГОРОД"));
        assertEquals("🍣", service.labels().get("名"));
        assertTrue(Read.with().errors("pörts: []").getFirst().contains("did you mean \"ports\"?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scale: 99999999999999999999", "scale: 1e999999999", "cpus: 1e400", "cpus: -1", "cpus: .inf",
        "mem_limit: 99999999999p", "mem_limit: -5m", "stop_grace_period: 99999999999999999999h", "scale: 0x10",
        "stop_grace_period: 1e9s", "cpu_shares: 9223372036854775808", "oom_score_adj: -1001", "scale: -1", "scale: 1.5",
        "mem_limit: 1k", "stop_grace_period: 5", "stop_grace_period: 1ns", "deploy: {update_config: {max_failure_ratio: 2}}"})
    void hugeAndOddNumbersAreTold(String keys) {
        List<String> errors = Read.with().errors(keys);
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().contains("expected"), errors::toString);
    }

    @Test
    void wholeRangesOfPortsAreAsManyAsThereAre() {
        assertEquals(65_535, Read.with().service("ports: [\"1-65535:1-65535\"]").links().ports().size());
        List<String> errors = Read.with().errors("ports: [\"1-65535:1-65535\", \"1-65535:1-65535/udp\"]");
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().contains("services.web.ports[1]: the project publishes more than 65536 ports"));
        assertTrue(Read.with().errors("expose: [\"1-65535\", \"1-65535/udp\"]").getFirst().contains("more than 65536"));
    }

    @Test
    void extendsThatMultiplyAreStopped() {
        String environment = IntStream.range(0, 9000).mapToObj(i -> "E" + i + ": 1").collect(Collectors.joining(", "));
        String services = IntStream.range(0, 9000).mapToObj(i -> "  s" + i + ": {extends: base, environment: {A: 1}}\n")
                .collect(Collectors.joining());
        Read.with().oneError("values in all", "services:\n  base: {image: x, environment: {" + environment + "}}\n"
                + services);
    }

    @Test
    void variablesThatMultiplyAreStopped() {
        String users = "$BIG".repeat(1000);
        Read.with().variable("BIG", "x".repeat(1_000_000)).oneError("characters in all", Read.file("user: " + users));
    }

    @Test
    void manyFilesAreStopped() {
        ComposeOutcome outcome = ComposeReader.read(new ComposeInput("shop", "/shop", List.of(new SourceFile("0.yaml",
                "include: [/1.yaml]\n" + GOOD)), java.util.Map.of(), "", java.util.Set.of(), path ->
                path.endsWith(".env") ? Optional.empty() : Optional.of("include: [/" + (Integer.parseInt(path.replaceAll("[^0-9]", "")) + 1) + ".yaml]")));
        assertEquals(1, outcome.errors().size());
        assertTrue(outcome.errors().getFirst().sentence().contains("too deep"));
        String wide = IntStream.range(0, 300).mapToObj(i -> "/" + i).collect(Collectors.joining(", "));
        outcome = ComposeReader.read(new ComposeInput("shop", "/shop", List.of(new SourceFile("0.yaml",
                "include: [" + wide + "]\n" + GOOD)), java.util.Map.of(), "", java.util.Set.of(), path -> Optional.of("")));
        assertTrue(outcome.errors().getFirst().sentence().contains("more than 200 files"));
    }

    @Test
    void aLongWayOfDependenciesIsNoTrouble() {
        String services = IntStream.range(0, 5000).mapToObj(i -> "  s" + i + ": {image: x"
                + (i == 0 ? "" : ", depends_on: [s" + (i - 1) + "]") + "}\n").collect(Collectors.joining());
        assertEquals(5000, Read.with().project("services:\n" + services).services().size());
    }

    @Test
    void veryManyProblemsAreCutShort() {
        String keys = IntStream.range(0, 1000).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining());
        List<String> errors = Read.with().errors(keys);
        assertEquals(201, errors.size());
        assertTrue(errors.stream().anyMatch(error -> error.contains("there is more")));
    }

    @Test
    void textsMadeToBeSlowAreNot() {
        assertTrue(Read.with().errors("deploy: {placement: {constraints: [\"node.id==" + " ".repeat(500_000) + "x\"]}}")
                .getFirst().contains("at most 500 characters"));
        String names = IntStream.range(0, 30_000).mapToObj(i -> "n" + i).collect(Collectors.joining(", "));
        assertEquals(201, Read.with().outcome("services: {web: {image: x, networks: [" + names + "]}}\nnetworks: {"
                + names.replace("n", "m").replace(",", ": ,") + ": }").errors().size());
        String all = IntStream.range(0, 400).mapToObj(i -> "s" + i).collect(Collectors.joining(", "));
        String services = IntStream.range(0, 400).mapToObj(i -> "  s" + i + ": {image: x, depends_on: [" + all + "]}\n")
                .collect(Collectors.joining());
        assertEquals(20, Read.with().outcome("services:\n" + services).errors().size());
        Read.with().oneError("a key has 100000 characters", "? " + "k".repeat(100_000) + "\n: [1]");
        assertTrue(Read.with().errors("env_file: " + "f".repeat(100_000)).getFirst().length() < 1200);
        assertTrue(Read.with().file("/shop/a", "\0").errors("env_file: a").getFirst().contains("it is no text"));
    }

    @Test
    void controlCharactersOfTheFileDoNotReachATerminal() {
        ComposeOutcome outcome = Read.with().outcome("services: {web: {image: x, \"a\\e[31mb\": 1, user: [\"\\x1b\"], tty: \"\\x1b[2J\"}}");
        assertTrue(outcome.errors().size() >= 3);
        outcome.errors().forEach(error -> assertTrue(error.toString().chars().noneMatch(Character::isISOControl),
                error::toString));
    }
}
