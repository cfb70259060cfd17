package cli.command;

import api.node.InfoRequest;
import api.node.InfoResponse;
import cli.render.Json;
import cli.render.Table;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import linux.syscall.PosixHost;
import java.util.Map;
import java.util.Objects;

/** Says what the host lacks, and fetches the Debian packages among it if asked to. */
final class DoctorCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("doctor", "Check what this host offers, and say what is missing")
                .flag("install", "Install the missing Debian packages (as root)")
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        List<HostCheck> checks = checks();
        if (arguments.isOn("install")) {
            install(checks, console);
            checks = checks();
        }
        checks.add(HostCheck.openFiles(new PosixHost().openFilesLimit()));
        checks.add(room(console));
        switch (arguments.value("output", "text")) {
            case "json" -> console.println(Json.indented(values(checks)));
            case "text" -> console.print(text(checks));
            default -> throw Arguments.invalid("output", arguments.value("output"),
                    "expected text or json");
        }
        for (HostCheck check : checks) {
            if (check.verdict() == HostCheck.Verdict.MISSING) {
                return 1;
            }
        }
        return 0;
    }

    /** Of the agent this user would start. */
    private static List<HostCheck> checks() throws IOException {
        int userId = Login.userId();
        Path root = Path.of("/");
        return userId == 0 ? HostCheck.all(root)
                : HostCheck.ofOrdinaryUser(root, System.getProperty("user.name"), userId);
    }

    /** Of the daemon's data folder; without a daemon, of the one it would have. */
    private static HostCheck room(Console console) throws UsageException, IOException {
        Path folder = Login.userId() == 0 ? Path.of("/var/lib/jctl")
                : Login.dataFolder(Objects.requireNonNullElse(System.getenv("XDG_DATA_HOME"), ""),
                        Path.of(System.getProperty("user.home")));
        String reason = "";
        try (NodeClient client = NodeClient.connectToRunning(console)) {
            InfoResponse info = client.unary("Info", InfoRequest.getDefaultInstance(),
                    InfoResponse.parser());
            folder = Path.of(info.getDataFolder());
            reason = info.getReadOnlyReason();
        } catch (IOException | CallException absent) {
            // There is a host to look at without a daemon, too.
            reason = "";
        }
        return HostCheck.room(folder, reason);
    }

    private static String text(List<HostCheck> checks) {
        Table table = new Table();
        for (HostCheck check : checks) {
            table.add(switch (check.verdict()) {
                case GOOD -> "ok";
                case LIMITED -> "limited";
                case MISSING -> "MISSING";
            }, check.name(), check.finding() + (check.remedy().isEmpty() ? ""
                    : ". " + check.remedy()));
        }
        return table.text();
    }

    private static List<Object> values(List<HostCheck> checks) {
        List<Object> values = new ArrayList<>();
        for (HostCheck check : checks) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("Name", check.name());
            value.put("Verdict", check.verdict().name().toLowerCase(java.util.Locale.ROOT));
            value.put("Finding", check.finding());
            value.put("Remedy", check.remedy());
            value.put("Package", check.debianPackage());
            values.add(value);
        }
        return values;
    }

    private static void install(List<HostCheck> checks, Console console) throws IOException {
        List<String> words = new ArrayList<>(List.of("apt-get", "install", "-y",
                "--no-install-recommends"));
        for (HostCheck check : checks) {
            if (check.verdict() != HostCheck.Verdict.GOOD && !check.debianPackage().isEmpty()) {
                words.add(check.debianPackage());
            }
        }
        if (words.size() == 4) {
            console.say("jctl: no Debian package is missing");
            return;
        }
        String line = String.join(" ", words);
        if (!hasAptGet()) {
            throw new IOException("this host has no apt-get: install what these Debian packages"
                    + " hold by hand: " + String.join(" ", words.subList(4, words.size())));
        }
        if (!new PosixHost().isRoot()) {
            throw new IOException("packages are installed by root: sudo " + line);
        }
        console.say("jctl: installing: " + line);
        ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new IOException("apt-get failed with code " + code
                        + ": try `apt-get update`, then `" + line + "`");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while installing packages", e);
        }
    }

    private static boolean hasAptGet() {
        return Files.isExecutable(Path.of("/usr/bin/apt-get"));
    }
}
