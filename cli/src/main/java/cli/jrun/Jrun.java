package cli.jrun;

import cli.command.Jctl;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import runtime.oci.OciException;
import runtime.spec.ContainerSpec;

/** The program: an OCI runtime, to be called by podman, containerd and whoever else calls runc. */
public final class Jrun {
    private static final String ROOT = "/run/jrun";
    private static final String HELP = """
            Usage: jrun [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] COMMAND

            Runs containers from OCI bundles, without a daemon.

              create  [-b BUNDLE] [--pid-file F] [--console-socket S] [--preserve-fds N] ID
              run     as create, then start and wait; -d does not wait, --keep keeps the container
              start   ID
              state   ID
              kill    [-a] ID [SIGNAL]
              delete  [-f] ID
              exec    [-d] [-t] [-u UID[:GID]] [-e NAME=VALUE] [--cwd DIR] [-p PROCESS.json]
                      [--pid-file F] [--console-socket S] ID COMMAND…
              list    [-q] [-f table|json]
              ps      [-f table|json] ID
              pause   ID
              resume  ID
              update  [-r RESOURCES.json] [--memory N] [--pids-limit N] [--cpu-quota N] … ID
              events  [--stats] [--interval SECONDS] ID
              features
              spec    [-b BUNDLE]
            """;

    private Jrun() {}

    /** Runs one call and ends the process with its exit code. */
    public static void main(String[] words) {
        int code = run(List.of(words), System.out, System.err);
        System.out.flush();
        System.err.flush();
        // Not exit: there is nothing to wait for.
        Runtime.getRuntime().halt(code);
    }

    /** Runs one call; never throws. */
    static int run(List<String> words, PrintStream output, PrintStream errors) {
        ErrorLog log = new ErrorLog(errors);
        try {
            return dispatch(Invocation.parse(words), output, log);
        } catch (OciException refused) {
            log.error(refused.getMessage());
        } catch (IOException failed) {
            log.error(sentence(failed));
        } catch (RuntimeException bug) {
            StringBuilder text = new StringBuilder("a bug in jrun, please report it: " + bug);
            for (StackTraceElement element : bug.getStackTrace()) {
                text.append("\n    at ").append(element);
            }
            log.error(text.toString());
        }
        return 1;
    }

    private static int dispatch(Invocation call, PrintStream output, ErrorLog log)
            throws OciException, IOException {
        if (call.globalValue("version").isPresent()) {
            output.print("jrun version " + Jctl.VERSION + "\nspec: " + ContainerSpec.VERSION + "\n");
            return 0;
        }
        if (call.globalValue("help").isPresent() || call.command().isEmpty()) {
            output.print(HELP);
            return 0;
        }
        String format = call.globalValue("log-format").orElse("text");
        if (!format.equals("text") && !format.equals("json")) {
            throw new OciException("--log-format " + format + ": text or json is wanted");
        }
        call.globalValue("log").filter(file -> !file.isEmpty())
                .ifPresent(file -> log.writeTo(Path.of(file), format.equals("json")));
        Path root = Path.of(call.globalValue("root").filter(path -> !path.isEmpty()).orElse(ROOT))
                .toAbsolutePath();
        return new Commands(root, output, log).run(call);
    }

    private static String sentence(IOException failed) {
        if (failed instanceof NoSuchFileException) {
            return failed.getMessage() + ": no such file or directory";
        }
        if (failed instanceof FileSystemException file && file.getReason() == null) {
            return failed.getClass().getSimpleName() + ": " + failed.getMessage();
        }
        return failed.getMessage() == null ? failed.toString() : failed.getMessage();
    }
}
