package runtime.container;

import java.util.List;

/**
 * A further process in a running container, as docker's flags say it.
 *
 * @param args          program and arguments
 * @param terminal      whether it gets a pseudo terminal
 * @param interactive   whether its standard input is kept open
 * @param env           on top of the container's
 * @param workingFolder empty for the container's
 * @param user          empty for the container's
 * @param privileged    whether it gets every capability
 */
public record ExecOptions(
        List<String> args,
        boolean terminal,
        boolean interactive,
        List<String> env,
        String workingFolder,
        String user,
        boolean privileged) {
    public ExecOptions {
        args = List.copyOf(args);
        env = List.copyOf(env);
    }
}
