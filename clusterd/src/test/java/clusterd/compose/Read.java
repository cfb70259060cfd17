package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.ServiceSpec;
import clusterd.spec.ServiceCheck;
import clusterd.template.ContainerTemplateCheck;
import clusterd.wire.ComposedService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads Compose texts in tests, from files that are a map. */
final class Read {
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> files = new HashMap<>();
    private final Set<String> profiles = new TreeSet<>();
    private String dotEnv = "";

    static Read with() {
        return new Read();
    }

    Read variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Read file(String path, String text) {
        files.put(path, text);
        return this;
    }

    Read profile(String name) {
        profiles.add(name);
        return this;
    }

    Read dotEnv(String text) {
        dotEnv = text;
        return this;
    }

    /** In folder /shop, the first one named 0.yaml. */
    ComposeOutcome outcome(String... texts) {
        List<SourceFile> sources = new ArrayList<>();
        for (String text : texts) {
            sources.add(new SourceFile(sources.size() + ".yaml", text));
        }
        return ComposeReader.read(new ComposeInput("shop", "/shop", sources, environment, dotEnv, profiles,
                path -> Optional.ofNullable(files.get(path))));
    }

    /** Without an error. */
    ComposeProject project(String... texts) {
        ComposeOutcome outcome = outcome(texts);
        assertEquals(List.of(), outcome.errors(), () -> String.join("\n", texts));
        return outcome.project().orElseThrow();
    }

    /** The only service of a file, given by its keys, each on a line of its own. */
    ComposeService service(String keys) {
        return project(file(keys)).services().get("web");
    }

    /** What the manager checks of a service's spec holds for each of the project's. */
    static void canBeDeployed(ComposeProject project) {
        project.services().values().forEach(service -> {
            ServiceSpec spec = ComposedService.spec(project, service);
            assertEquals(List.of(), ServiceCheck.problems(spec), service::toString);
            assertEquals(List.of(), ContainerTemplateCheck.problems(spec.task(), false), service::toString);
        });
    }

    /** A file with one service, of an image if the keys name none. */
    static String file(String keys) {
        return "services:\n  web:\n" + (keys.startsWith("image:") ? "" : "    image: nginx\n") + keys.indent(4);
    }

    /** What is wrong with a service, given by its keys. */
    List<String> errors(String keys) {
        return outcome(file(keys)).errors().stream().map(Problem::toString).toList();
    }

    /** That there is one error, with that in it. */
    void oneError(String part, String... texts) {
        ComposeOutcome outcome = outcome(texts);
        assertEquals(1, outcome.errors().size(), () -> outcome.errors() + " of\n" + String.join("\n", texts));
        String sentence = outcome.errors().getFirst().toString();
        assertTrue(sentence.contains(part), () -> sentence + " has no " + part);
        assertTrue(outcome.project().isEmpty());
    }
}
