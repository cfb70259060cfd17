package runtime.spec;

import java.util.List;
import java.util.OptionalInt;

/** Programs run at points of the container's life (OCI runtime-spec config.md, POSIX hooks). */
public record Hooks(
        List<Hook> prestart,
        List<Hook> createRuntime,
        List<Hook> createContainer,
        List<Hook> startContainer,
        List<Hook> poststart,
        List<Hook> poststop) {

    public Hooks {
        prestart = List.copyOf(prestart);
        createRuntime = List.copyOf(createRuntime);
        createContainer = List.copyOf(createContainer);
        startContainer = List.copyOf(startContainer);
        poststart = List.copyOf(poststart);
        poststop = List.copyOf(poststop);
    }

    /** No hook at any point. */
    public static Hooks none() {
        return new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /**
     * One program.
     *
     * @param path           absolute path
     * @param args           argv including argv[0]; empty means the path alone
     * @param env            {@code NAME=value}
     * @param timeoutSeconds after which it is killed
     */
    public record Hook(
            String path, List<String> args, List<String> env, OptionalInt timeoutSeconds) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }
}
