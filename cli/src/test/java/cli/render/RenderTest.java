package cli.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenderTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void tablesAlignByCharacters() {
        Table table = new Table();
        table.add("ID", "NAME", "STATE");
        table.add("1", "überlang", "");
        table.add("22", "", "up");
        assertEquals("ID   NAME       STATE\n1    überlang\n22              up\n", table.text());
    }

    @Test
    void sizes() {
        assertEquals("0B", Sizes.decimal(0));
        assertEquals("999B", Sizes.decimal(999));
        assertEquals("1kB", Sizes.decimal(1000));
        assertEquals("7.05MB", Sizes.decimal(7_048_000));
        assertEquals("124MB", Sizes.decimal(124_200_000));
        assertEquals("12.5GB", Sizes.decimal(12_460_000_000L));
        assertEquals("64MiB", Sizes.binary(64 << 20));
        assertEquals("9.22EB", Sizes.decimal(Long.MAX_VALUE));
        assertEquals(512, Sizes.parse("512"));
        assertEquals(512, Sizes.parse("512b"));
        assertEquals(1536, Sizes.parse("1.5k"));
        assertEquals(64L << 20, Sizes.parse("64M"));
        assertEquals(2L << 30, Sizes.parse("2 GiB"));
        for (String bad : List.of("", "m", "-1", "1x", "1kk", "1.2.3", "9999999999g", "0x10")) {
            assertThrows(IllegalArgumentException.class, () -> Sizes.parse(bad), bad);
        }
    }

    @Test
    void ages() {
        assertEquals("Less than a second", Ages.span(5));
        assertEquals("Less than a second", Ages.span(-5 * SECOND));
        assertEquals("1 second", Ages.span(SECOND));
        assertEquals("59 seconds", Ages.span(59 * SECOND));
        assertEquals("About a minute", Ages.span(60 * SECOND));
        assertEquals("3 minutes ago", Ages.ago(1, 180 * SECOND + 1));
        assertEquals("About an hour", Ages.span(3600 * SECOND));
        assertEquals("47 hours", Ages.span(47 * 3600 * SECOND));
        assertEquals("2 days", Ages.span(48 * 3600 * SECOND));
        assertEquals("2 weeks", Ages.span(14 * 86_400 * SECOND));
        assertEquals("2 months", Ages.span(60 * 86_400 * SECOND));
        assertEquals("2 years", Ages.span(730 * 86_400 * SECOND));
        assertEquals("never", Ages.ago(0, 5));
    }

    @Test
    void times() {
        long nanos = 1_790_000_000L * SECOND + 5;
        assertEquals("2026-09-21T14:13:20.000000005Z", Times.stamp(nanos));
        assertEquals("2026-09-21 14:13:20 +0000 UTC", Times.readable(nanos));
        ZoneId utc = ZoneId.of("UTC");
        assertEquals(nanos, Times.parse(Times.stamp(nanos), 0, utc));
        assertEquals(1_790_000_000_500_000_000L, Times.parse("1790000000.5", 0, utc));
        assertEquals(40 * SECOND, Times.parse("1m20s", 120 * SECOND, utc));
        assertEquals(nanos - 5, Times.parse("2026-09-21T14:13:20", 0, utc));
        assertEquals(nanos - 5, Times.parse("2026-09-21T16:13:20+02:00", 0, utc));
        assertEquals(0, Times.parse("1970-01-01", 0, utc));
        for (String bad : List.of("", "soon", "10", "12-12", "1e99999999", "10 m")) {
            if (!bad.equals("10")) {
                assertThrows(IllegalArgumentException.class, () -> Times.parse(bad, 0, utc), bad);
            }
        }
    }

    private static Map<String, Object> value() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("Name", "a \"b\"\n\u0001é");
        value.put("List", List.of("x", 2L, true));
        value.put("Empty", Map.of());
        value.put("State", Map.of("Pid", 7L));
        return value;
    }

    @Test
    void jsonBothWays() {
        String text = Json.compact(value());
        assertEquals("{\"Name\":\"a \\\"b\\\"\\n\\u0001é\",\"List\":[\"x\",2,true],\"Empty\":{},"
                + "\"State\":{\"Pid\":7}}", text);
        assertEquals(value(), Json.parse(text));
        assertEquals(value(), Json.parse(Json.indented(value())));
        assertEquals("{\n    \"a\": [\n        1\n    ],\n    \"b\": []\n}", Json.indented(
                new LinkedHashMap<>(Json.parse("{\"a\":[1],\"b\":[]}") instanceof Map<?, ?> map
                        ? map : Map.of())));
        assertEquals("\"\\ud800\"", Json.compact("\ud800"));
        for (String bad : List.of("", "{", "[1,]", "1 2", "{\"a\":}", "nul", "[".repeat(5000))) {
            assertThrows(IllegalArgumentException.class, () -> Json.parse(bad), bad);
        }
    }

    @Test
    void yaml() {
        assertEquals("Name: \"a \\\"b\\\"\\n\\u0001é\"\nList:\n- x\n- 2\n- true\nEmpty: {}\n"
                + "State:\n  Pid: 7\n", Yaml.text(value()));
        assertEquals("- a: 1\n  b: \"yes\"\n", Yaml.text(
                List.of(new LinkedHashMap<>(new java.util.TreeMap<>(Map.of("a", 1L, "b", "yes"))))));
        assertEquals("[]\n", Yaml.text(List.of()));
    }

    private static String applied(String template) {
        return Template.parse(template).apply(value());
    }

    @Test
    void templates() {
        assertEquals("7", applied("{{.State.Pid}}"));
        assertEquals("{\"Pid\":7}", applied("{{json .State}}"));
        assertEquals("pid=7\t!", applied("pid={{ .State.Pid }}\\t!"));
        assertEquals("x,2,true", applied("{{join .List \",\"}}"));
        assertEquals("X", applied("{{index .List 0 | upper}}"));
        assertEquals("[x 2 true]", applied("{{.List}}"));
        assertEquals("map[Pid:7]", applied("{{.State}}"));
        assertEquals("x;2;true;", applied("{{range .List}}{{.}};{{end}}"));
        assertEquals("no", applied("{{if .Empty}}yes{{else}}no{{end}}"));
        assertEquals("yes", applied("{{if eq .State.Pid 7}}yes{{end}}"));
        assertEquals("3", applied("{{len .List}}"));
        assertEquals("<no value>", applied("{{index .State \"Gone\"}}"));
        assertEquals("true", applied("{{and (not .Empty) .State.Pid | ne 8}}"));
    }

    private static String docker(String template) {
        return Template.parse(template).apply(Json.parse("""
                {"Id": "0123456789ab", "State": {"Status": "running", "Pid": 7},
                 "Config": {"Labels": {"com.example.tier": "front"}, "Cmd": ["sh", "-c"]},
                 "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}],
                   "9/udp": null}, "Networks": {"bridge": {"IPAddress": "10.88.0.2"}}}}"""));
    }

    @Test
    void templatesOfDockersPages() {
        assertEquals("10.88.0.2",
                docker("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"));
        assertEquals("8080",
                docker("{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}"));
        assertEquals(" 80/tcp -> 8080 ", docker("{{range $p, $conf := .NetworkSettings.Ports}}"
                + "{{if $conf}} {{$p}} -> {{(index $conf 0).HostPort}} {{end}}{{end}}"));
        assertEquals("front", docker("{{index .Config.Labels \"com.example.tier\"}}"));
        assertEquals("none", docker("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}"));
        assertEquals("bridge=10.88.0.2;", docker(
                "{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{$net.IPAddress}};{{end}}"));
        assertEquals("<no value>", docker("{{.Config.Labels.gone}}"));
    }

    @Test
    void blocksVariablesAndMarks() {
        assertEquals("7!", docker("{{with .State}}{{.Pid}}!{{end}}"));
        assertEquals("none running", docker("{{with .State.Health}}x{{else}}none {{.State.Status}}{{end}}"));
        assertEquals("b", docker("{{if eq .State.Pid 1}}a{{else if eq .State.Pid 7}}b{{else}}c{{end}}"));
        assertEquals("c", docker("{{if eq .State.Pid 1}}a{{else if eq .State.Pid 2}}b{{else}}c{{end}}"));
        assertEquals("0sh1-c", docker("{{range $i, $word := .Config.Cmd}}{{$i}}{{$word}}{{end}}"));
        assertEquals("sh0123456789ab-c0123456789ab",
                docker("{{range .Config.Cmd}}{{.}}{{$.Id}}{{end}}"));
        assertEquals("-c", docker("{{$last := \"\"}}{{range .Config.Cmd}}{{$last = .}}{{end}}{{$last}}"));
        assertEquals("a7b", docker("a {{- /* not shown }} */ -}} {{.State.Pid -}}  b"));
        assertEquals("}}", docker("{{\"}}\"}}"));
        assertEquals("empty", docker("{{range .NetworkSettings.Gone}}{{else}}empty{{end}}"
                .replace(".NetworkSettings.Gone", "(index .NetworkSettings.Ports \"9/udp\")")));
        assertThrows(TemplateException.class, () -> docker("{{$x}}"));
        assertThrows(TemplateException.class, () -> docker("{{.Id \"x\"}}"));
        assertThrows(TemplateException.class, () -> docker("{{with .Id}}"));
    }

    @Test
    void functions() {
        assertEquals("  7 |running  |07", docker("{{printf \"%3d |%-9s|%02d\" .State.Pid .State.Status .State.Pid}}"));
        assertEquals("[a b] a,b", docker("{{split \"a/b\" \"/\"}} {{join (split \"a/b\" \"/\") \",\"}}"));
        assertEquals("RUNNING running Running run", docker("{{upper .State.Status}} {{lower .State.Status}}"
                + " {{title .State.Status}} {{truncate .State.Status 3}}"));
        assertEquals("a 7\n", docker("{{println \"a\" .State.Pid}}"));
        assertEquals("012 -c", docker("{{slice .Id 0 3}} {{index (slice .Config.Cmd 1) 0}}"));
        assertEquals("truefalsetrue", docker("{{lt 1 2}}{{ge 1 2}}{{gt \"b\" \"a\"}}"));
        assertEquals(" x  ", docker("{{pad \"x\" 1 2}}"));
        assertEquals("\"7\"", docker("{{printf \"%q\" (print .State.Pid)}}"));
        assertEquals("front", Template.parse("{{.Label \"tier\"}}").apply(
                Map.of("Label", Map.of("tier", "front"))));
        assertEquals("", Template.parse("{{.Label \"gone\"}}").apply(Map.of("Label", Map.of())));
        assertEquals("CREATED AT\ttier", Template.parse("{{.CreatedAt}}\t{{.Label \"tier\"}}")
                .headings(Map.of()));
    }

    @Test
    void brokenTemplates() {
        for (String bad : List.of("{{", "{{}}", "{{.Gone}}", "{{.Name.X}}", "{{magic .}}", "{{end}}",
                "{{if .Name}}", "{{range .State.Pid}}{{end}}", "{{json}}", "{{\"a}}", "{{(.Name}}",
                "{{.Name | .List}}", "{{index .List 9}}", "{{else}}", "{{.Name }x}}",
                "{{" + "(".repeat(500) + "}}", "{{if 1}}".repeat(500))) {
            assertThrows(TemplateException.class, () -> applied(bad), bad);
        }
    }

    @Test
    void progressCannotBeForgedByItsTexts() {
        ProgressBars bars = new ProgressBars();
        bars.update("a1", "Downloading", 50, 100, "");
        bars.update("", "", 0, 0, "hello\u001b[2J");
        assertEquals("\rhello [2J\u001b[K\na1: Downloading [===============>               ] "
                + "50B/100B\u001b[K\n", bars.frame());
        bars.update("a1", "Done", 100, 100, "");
        assertEquals("\u001b[1A\ra1: Done 100B\u001b[K\n", bars.frame());
        bars.update("b", "Reading", 500, 100, "\u0007");
        assertFalse(bars.frame().contains("\u0007"));
    }
}
