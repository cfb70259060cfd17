package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssemblyTest {
    private static ComposeService web(String... texts) {
        return Read.with().project(texts).services().get("web");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "$SET|value", "${SET}|value", "a${SET}b$SET|avaluebvalue", "$$SET|$SET", "$${SET}|${SET}",
            "${SET:-d}|value", "${SET-d}|value", "${EMPTY:-d}|d", "${EMPTY-d}|``", "${NONE:-d}|d", "${NONE-d}|d",
            "${SET:+x}|x", "${SET+x}|x", "${EMPTY:+x}|``", "${EMPTY+x}|x", "${NONE:+x}|``", "${NONE+x}|``",
            "${SET:?no}|value", "${SET?no}|value", "${EMPTY?no}|``", "${NONE:-${SET}}|value",
            "${NONE:-${EMPTY:-${SET}x}y}z|valuexyz", "${NONE:-a b:c}|a b:c", "${SET:-${NONE:?no}}|value",
            "${NONE:-}|``", "${NONE:-$$}|$"})
    void variablesAreReplaced(String text, String expected) {
        ComposeService service = Read.with().variable("SET", "value").variable("EMPTY", "")
                .service("environment: {X: '" + text + "'}");
        assertEquals(expected, service.program().environment().get("X"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"${NONE:?it is needed}|variable NONE is required: it is needed",
            "${NONE?}|variable NONE is required", "${EMPTY:?x}|variable EMPTY is required: x", "${OPEN|one of } :-",
            "$|write $$ for a dollar sign", "$1|write $$", "${}|write $$", "${A:b}|one of } :-", "${A!b}|one of } :-",
            "${A:-|a ${ is not closed", "a$ b|write $$"})
    void whatIsNoVariableIsTold(String text, String expected) {
        List<String> errors = Read.with().variable("EMPTY", "").errors("environment: {X: '" + text + "'}");
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().contains(expected), errors::toString);
        assertTrue(errors.getFirst().startsWith("0.yaml:4:22: services.web.environment.X: "), errors::toString);
    }

    @Test
    void unsetVariablesAreEmptyAndTold() {
        ComposeOutcome outcome = Read.with().outcome(Read.file("user: a$NONE"));
        assertEquals("a", outcome.project().orElseThrow().services().get("web").program().user());
        assertTrue(outcome.warnings().getFirst().sentence().contains("variable NONE is not set"));
    }

    @Test
    void theEnvironmentWinsOverDotEnvAndExtensionsAreLeftAlone() {
        ComposeProject project = Read.with().dotEnv("TAG=1\nCOUNT=4\nBOTH=$TAG-${COUNT}\n").variable("TAG", "2")
                .project("x-note: costs $5\nservices: {web: {image: 'a:$TAG', scale: $COUNT, user: $BOTH, tty: '${NO:-true}'}}");
        assertEquals("a:2", project.services().get("web").image());
        assertEquals(new clusterd.model.Mode.Replicated(4, false), project.services().get("web").mode());
        assertEquals("2-4", project.services().get("web").program().user());
    }

    @Test
    void laterFilesMergeMapsAppendListsAndReplaceCommands() {
        ComposeService service = web("""
                services:
                  web:
                    image: one
                    command: [a, b]
                    entrypoint: x
                    environment: [A=1, B=1]
                    labels: {l: 1}
                    dns: 1.1.1.1
                    cap_add: [NET_ADMIN]
                    expose: ["1"]
                    healthcheck: {test: [CMD, a], interval: 5s}
                    logging: {driver: syslog, options: {tag: a}}
                    depends_on: [db]
                    networks: [n]
                    ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}
                    deploy: {resources: {limits: {cpus: 1, memory: 50M}}}
                  db: {image: d}
                networks: {n: , m: }
                """, """
                services:
                  web:
                    image: two
                    command: c
                    environment: {B: 2, C: 3}
                    labels: [m=2]
                    dns: [8.8.8.8]
                    cap_add: [NET_ADMIN, SYS_TIME]
                    expose: [1, 2]
                    healthcheck: {test: "b"}
                    logging: {driver: json-file, options: {max-size: 1m}}
                    depends_on: {db: {condition: service_healthy}}
                    networks: {m: {aliases: [x]}}
                    ulimits: {nofile: {soft: 6, hard: 7}}
                    deploy: {resources: {limits: {cpus: 2}}}
                """);
        assertEquals("two", service.image());
        assertEquals(Optional.of(List.of("c")), service.program().command());
        assertEquals(Optional.of(List.of("x")), service.program().entrypoint());
        assertEquals(Map.of("A", "1", "B", "2", "C", "3"), service.program().environment());
        assertEquals(Map.of("l", "1", "m", "2"), service.labels());
        assertEquals(List.of("1.1.1.1", "8.8.8.8"), service.links().dns());
        assertEquals(List.of("NET_ADMIN", "SYS_TIME"), service.isolation().capAdd());
        assertEquals(List.of("1/tcp", "2/tcp"), service.links().expose());
        assertEquals(List.of("CMD-SHELL", "b"), service.health().orElseThrow().test());
        assertEquals(5000, service.health().orElseThrow().intervalMillis());
        assertEquals(Map.of("max-size", "1m"), service.logOptions());
        assertEquals(Dependency.Condition.HEALTHY, service.dependencies().getFirst().condition());
        assertEquals(List.of("n", "m"), service.links().networks().stream().map(Links.NetworkUse::network).toList());
        assertEquals(new Limits.Range(6, 7), service.limits().ulimits().get("nofile"));
        assertEquals(2_000_000_000, service.limits().nanoCpus());
        assertEquals(50L << 20, service.limits().memoryBytes());
    }

    @Test
    void portsMountsAndFilesAreReplacedByWhatMakesThemOne() {
        ComposeService service = web("""
                services:
                  web: {image: a, ports: ["8080:80", "53:53/udp"], volumes: ["foo:/shop", "/b:/b"], secrets: [s, t]}
                volumes: {foo: , bar: }
                secrets: {s: {external: true}, t: {external: true}}
                """, """
                services:
                  web:
                    image: a
                    ports: ["8080:80", "53:53", {target: 80, published: 9090, mode: host}]
                    volumes: [bar:/shop, {type: bind, source: /c, target: /b}]
                    secrets: [{source: s, mode: "0400"}]
                """);
        assertEquals(List.of("8080:80/tcp", "53:53/udp", "53:53/tcp", "9090:80/tcp"), service.links().ports().stream()
                .map(port -> port.published() + ":" + port.containerPort() + "/" + port.protocol()).toList());
        assertEquals(List.of("/c", "bar"), service.mounts().stream().map(ServiceMount::source).toList());
        assertEquals(List.of("s", "t"), service.secrets().stream().map(FileUse::source).toList());
        assertEquals(0400, service.secrets().getFirst().mode());
    }

    @Test
    void resetTakesAwayAndOverrideReplaces() {
        ComposeService service = web(Read.file("ports: [\"8080:80\"]\nenvironment: {A: 1, B: 2}\ndns: [1.1.1.1]\nuser: u"),
                "services: {web: {ports: !reset [], environment: {A: !reset null}, dns: !override [9.9.9.9], user: !reset x}}");
        assertEquals(List.of(), service.links().ports());
        assertEquals(Map.of("B", "2"), service.program().environment());
        assertEquals(List.of("9.9.9.9"), service.links().dns());
        assertEquals("", service.program().user());
        Read.with().oneError("cannot be merged with", Read.file("ports: [\"80\"]"), "services: {web: {ports: {a: b}}}");
    }

    @Test
    void documentsOfOneFileMergeLikeFiles() {
        assertEquals("two", web("services: {web: {image: one}}\n---\nservices: {web: {image: two}}\n").image());
    }

    @Test
    void anchorsAndMergeKeysAreFollowed() {
        ComposeProject project = Read.with().project("""
                x-base: &base
                  restart: "no"
                  environment: &env {A: 1, B: 1}
                x-more: &more {user: m, tty: true}
                services:
                  web:
                    <<: [*base, *more]
                    image: a
                    user: own
                    environment:
                      <<: *env
                      B: 2
                """);
        ComposeService service = project.services().get("web");
        assertEquals(Map.of("A", "1", "B", "2"), service.program().environment());
        assertEquals("own", service.program().user());
        assertTrue(service.program().terminal());
    }

    @Test
    void servicesExtendOthersOfTheirFileAndOfOtherFiles() {
        Read read = Read.with().file("/shop/common/base.yaml", """
                services:
                  app:
                    extends: root
                    env_file: app.env
                    volumes: [./data:/data]
                  root: {image: base, labels: {from: root}, environment: [A=0]}
                """).file("/shop/common/app.env", "F=1\n");
        ComposeProject project = read.project("""
                services:
                  web:
                    extends: {file: common/base.yaml, service: app}
                    environment: {A: 1}
                  copy: {extends: web, image: other}
                """);
        ComposeService web = project.services().get("web");
        assertEquals("base", web.image());
        assertEquals(Map.of("A", "1", "F", "1"), web.program().environment());
        assertEquals("/shop/common/data", web.mounts().getFirst().source());
        assertEquals("other", project.services().get("copy").image());
        assertEquals(Map.of("from", "root"), project.services().get("copy").labels());
    }

    @Test
    void wrongExtendsAreTold() {
        Read.with().oneError("in a circle, or too deep: a of 0.yaml → b of 0.yaml → a of 0.yaml",
                "services: {a: {image: x, extends: b}, b: {image: x, extends: a}}");
        Read.with().oneError("there is no service \"bse\" in 0.yaml, did you mean \"base\"?",
                "services: {a: {image: x, extends: bse}, base: {image: x}}");
        Read.with().oneError("in a circle", "services: {a: {image: x, extends: a}}");
        Read.with().file("/shop/o.yaml", "services: {b: {extends: {file: o.yaml, service: b}, image: x}}")
                .oneError("in a circle", "services: {a: {image: x, extends: {file: o.yaml, service: b}}}");
        assertTrue(Read.with().errors("extends: {file: no.yaml, service: x}").getFirst()
                .contains("services.web.extends: there is no file /shop/no.yaml"));
    }

    @Test
    void includedProjectsBringTheirOwnFoldersAndVariables() {
        ComposeProject project = Read.with().variable("OUT", "o")
                .file("/shop/db/compose.yaml", """
                        include: [../log/compose.yaml]
                        name: ignored
                        services: {db: {image: "pg:$TAG-$OUT", volumes: ["./data:/d"]}}
                        networks: {back: }
                        """)
                .file("/shop/db/.env", "TAG=16\nOUT=never\n")
                .file("/shop/log/compose.yaml", "services: {log: {image: l}}")
                .file("/shop/x.yaml", "services: {x: {image: '$V', secrets: [s]}}\nsecrets: {s: {file: s.txt}}")
                .file("/shop/x2.yaml", "services: {x: {user: u}}").file("/shop/x.env", "V=x-image\n")
                .project("""
                        include:
                          - db/compose.yaml
                          - {path: [x.yaml, x2.yaml], env_file: x.env, project_directory: /srv/x}
                        services: {web: {image: w, depends_on: [db, log], networks: [back]}}
                        """);
        assertEquals("[db, log, web, x]", project.services().keySet().toString());
        assertEquals("pg:16-o", project.services().get("db").image());
        assertEquals("/shop/db/data", project.services().get("db").mounts().getFirst().source());
        assertEquals("x-image", project.services().get("x").image());
        assertEquals("u", project.services().get("x").program().user());
        assertEquals(new ComposeFile.FromFile("/srv/x/s.txt"), project.secrets().get("s").source());
    }

    @Test
    void wrongIncludesAreTold() {
        Read.with().file("/shop/a.yaml", "include: [b.yaml]").file("/shop/b.yaml", "include: [a.yaml]")
                .oneError("in a circle, or too deep: /shop/a.yaml → /shop/b.yaml → /shop/a.yaml",
                        "include: [a.yaml]\nservices: {w: {image: x}}");
        Read.with().file("/shop/a.yaml", "services: {w: {image: other}}")
                .oneError("services.w: an included file has another one of that name, at /shop/a.yaml:1:12",
                        "include: [a.yaml]\nservices: {w: {image: x}}");
        Read.with().oneError("include[0]: there is no file /shop/no.yaml", "include: [no.yaml]\nservices: {w: {image: x}}");
        Read.with().oneError("include[0].pth: unknown key, did you mean \"path\"?",
                "include: [{path: a.yaml, pth: x}]\nservices: {w: {image: x}}".replace("path: a.yaml", "path: []"));
    }

    @Test
    void profilesChooseServices() {
        String text = "services: {a: {image: x}, b: {image: x, profiles: [dev, test]}, c: {image: x, profiles: [prod]}}";
        assertEquals("[a]", Read.with().project(text).services().keySet().toString());
        assertEquals("[a, b]", Read.with().profile("test").project(text).services().keySet().toString());
        assertEquals("[a, b, c]", Read.with().profile("*").project(text).services().keySet().toString());
    }
}
