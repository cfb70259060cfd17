package clusterd.compose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * All that a project is made of; nothing else is looked at.
 *
 * @param name        of the project, lower-case letters, digits, {@code -} and {@code _}; {@code ""} = the file says
 * @param directory   absolute; paths of the files are relative to it
 * @param files       each changes those before it
 * @param environment variables; they win over those of {@code dotEnv}
 * @param dotEnv      text of {@code .env}
 * @param profiles    services with profiles are left out if none of theirs is among these; {@code *} = all are
 * @param otherFiles  text of an absolute path for include, extends, env_file and label_file; empty = there is none
 */
public record ComposeInput(String name, String directory, List<SourceFile> files, Map<String, String> environment,
        String dotEnv, Set<String> profiles, Function<String, Optional<String>> otherFiles) {
    /** Refuses a relative directory. */
    public ComposeInput {
        if (!directory.startsWith("/")) {
            throw new IllegalArgumentException("the project's directory " + directory + " is not absolute");
        }
        files = List.copyOf(files);
        environment = Map.copyOf(environment);
        profiles = Set.copyOf(profiles);
    }

    /** One file that needs nothing else. */
    public static ComposeInput of(String name, String text) {
        return new ComposeInput(name, "/", List.of(new SourceFile("compose.yaml", text)), Map.of(), "", Set.of(),
                path -> Optional.empty());
    }
}
