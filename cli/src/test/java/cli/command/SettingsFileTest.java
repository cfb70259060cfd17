package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir Path folder;

    private static Arguments read(String text, String... words) throws UsageException {
        Syntax syntax = new AgentCommand().syntax();
        Arguments arguments = ArgumentParser.parse(syntax, words, 0);
        SettingsFile.add(arguments, syntax, AgentCommand.NO_SETTINGS, "agent.yaml", text,
                AgentCommand::expected);
        return arguments;
    }

    private static List<String> problems(String text) {
        UsageException refused = assertThrows(UsageException.class, () -> read(text));
        return refused.getMessage().lines().skip(1).map(String::strip).toList();
    }

    @Test
    void settingsAreTheFlagsUnderTheirNames() throws Exception {
        Arguments arguments = read("""
                # where things are
                data-dir: /d
                userns: "host"
                slow-cgroup-moves: true
                metrics-addr: 127.0.0.1:9323
                """);
        assertEquals("/d", arguments.value("data-dir"));
        assertEquals("host", arguments.value("userns"));
        assertTrue(arguments.isOn("slow-cgroup-moves"));
        assertEquals("127.0.0.1:9323", arguments.value("metrics-addr"));
        assertFalse(arguments.has("run-dir"));
    }

    @Test
    void aListMayBeWrittenAsOneOrAsAValue() throws Exception {
        Arguments arguments = read("cdi-spec-dir: [/a, /b]\ncni-bin-dir: /c\ncni-conf-dir:\n- /d\n- /e\n");
        assertEquals(List.of("/a", "/b"), arguments.values("cdi-spec-dir"));
        assertEquals(List.of("/c"), arguments.values("cni-bin-dir"));
        assertEquals(List.of("/d", "/e"), arguments.values("cni-conf-dir"));
        assertEquals(List.of("line 2: cdi-spec-dir is one value, neither a list nor a group of settings"),
                problems("cdi-spec-dir:\n- [/a]\n"));
    }

    @Test
    void whatCannotBeReadIsToldWithTheFile() throws Exception {
        Path file = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', (byte) 0xe9});
        TestConsole console = new TestConsole();
        assertEquals(1, console.run("agent", "--config", file.toString()));
        assertTrue(console.err().contains(file + " is no UTF-8 text"), console.err());
        TestConsole other = new TestConsole();
        assertEquals(1, other.run("agent", "--config", folder.toString()));
        assertTrue(other.err().contains(folder + " is a folder"), other.err());
    }

    @Test
    void flagsWinOverTheFile() throws Exception {
        Arguments arguments = read("data-dir: /file\nslow-cgroup-moves: true\n",
                "--data-dir", "/flag", "--slow-cgroup-moves=false");
        assertEquals(List.of("/flag"), arguments.values("data-dir"));
        assertFalse(arguments.isOn("slow-cgroup-moves"));
    }

    @Test
    void everyProblemIsToldAtOnceWithItsLine() {
        assertEquals(List.of(
                "line 1: unknown setting 'usrns': did you mean userns?",
                "line 3: log-format is 'xml': expected text or json",
                "line 4: slow-cgroup-moves is 'yes': expected true or false",
                "line 5: data-dir has no value: give one, or take the line out",
                "line 7: run-dir is one value, neither a list nor a group of settings",
                "line 8: log-format is given a second time: line 3 has it already",
                "line 9: unknown setting 'zzzzzzzz': there are data-dir, run-dir, group, userns,"
                        + " metrics-addr, otlp-endpoint, log-format, log-driver, log-opt,"
                        + " journald-socket, cdi-spec-dir, device-plugin-dir, sriov-config, reserved-cpus,"
                        + " cni-conf-dir, cni-bin-dir, cluster-addr, cluster-cert-lifetime, site, dashboard-addr,"
                        + " no-fast-path, slow-cgroup-moves"),
                problems("""
                        usrns: host

                        log-format: xml
                        slow-cgroup-moves: yes
                        data-dir:
                        run-dir:
                          - /a
                        log-format: json
                        zzzzzzzz: 1
                        """));
    }

    @Test
    void aGroupOfSettingsIsAsManyWords() throws Exception {
        assertEquals(List.of("max-size=10m", "max-file=3"),
                read("log-opt: {max-size: 10m, max-file: 3}").values("log-opt"));
        assertEquals(List.of("line 1: log-opt is a group of settings: {NAME: VALUE, …}"),
                problems("log-opt: max-size=10m"));
        assertEquals(List.of("line 2: log-opt is one value, neither a list nor a group of settings"),
                problems("log-opt:\n  max-size: [1]\n"));
    }

    @Test
    void whatHasNothingInItIsRefused() {
        assertEquals(List.of("line 1: cdi-spec-dir is empty: give a value, or take the line out",
                "line 3: log-opt is empty: give a value, or take the line out",
                "line 4: cni-bin-dir has no value: give one, or take the line out"),
                problems("cdi-spec-dir: []\nlog-opt:\n  {}\ncni-bin-dir:\n"));
    }

    @Test
    void anOptionGivenTwiceInAGroupIsRefused() {
        assertEquals(List.of(
                "line 4: max-size in log-opt is given a second time: line 2 has it already"),
                problems("log-opt:\n  max-size: 10m\n  max-file: 3\n  max-size: 20m\n"));
    }

    @Test
    void actionsAreNoSettings() {
        assertTrue(problems("remove-network: true").getFirst()
                .startsWith("line 1: unknown setting 'remove-network'"));
        assertTrue(problems("config: /other").getFirst()
                .startsWith("line 1: unknown setting 'config'"));
    }

    @Test
    void whatIsNoYamlIsToldWithItsLine() {
        assertTrue(problems("userns: host\nrun-dir: [\n").getFirst().matches("line [23]: no YAML: .+"));
        assertTrue(problems("- a\n").getFirst().contains("expected settings"));
        assertTrue(problems("a: 1\n---\nb: 2\n").getFirst().startsWith("line 2: no YAML: "));
    }

    @Test
    void anEmptyFileSaysNothing() throws Exception {
        assertFalse(read("").has("data-dir"));
        assertFalse(read("# only words\n").has("data-dir"));
    }

    @Test
    void theFileOfThePackageIsRightWithItsExamplesOn() throws Exception {
        String packed = Files.readString(Path.of("../packaging/agent.yaml"));
        read(packed);
        StringBuilder on = new StringBuilder();
        packed.lines().filter(line -> line.matches("# [a-z-]+: .*"))
                .forEach(line -> on.append(line.substring(2).replaceFirst(" {2,}\\(.*", "")).append('\n'));
        Arguments arguments = read(on.toString());
        for (Option option : new AgentCommand().syntax().options()) {
            assertEquals(!AgentCommand.NO_SETTINGS.contains(option.name()),
                    arguments.has(option.name()), option.name());
        }
    }

    @Test
    void aNamedFileThatIsAbsentIsAnError() {
        TestConsole console = new TestConsole();
        String file = folder.resolve("none.yaml").toString();
        assertEquals(1, console.run("agent", "--config", file));
        assertTrue(console.err().contains(file + ": no such file or directory"), console.err());
    }

    @Test
    void theNearestWordTakesTheFewestChanges() {
        List<String> known = List.of("data-dir", "run-dir");
        assertEquals("run-dir", NearestWord.of("run_dir", known).orElseThrow());
        assertEquals("data-dir", NearestWord.of("datadir", known).orElseThrow());
        assertTrue(NearestWord.of("colour", known).isEmpty());
    }
}
