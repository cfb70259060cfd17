package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import runtime.container.Journal;
import runtime.node.NodeFolders;
import sriov.plugin.FunctionPlugin;

/** The plug-in for virtual functions within the agent, if the operator wants one; it speaks to the agent by the same sockets as one of its own process. */
final class FunctionStart implements AutoCloseable {
    private final Optional<FunctionPlugin> plugin;

    /** Nothing is divided or offered yet. */
    FunctionStart(Arguments arguments, NodeFolders folders, Path pluginFolder, Journal journal) throws UsageException, IOException {
        if (!arguments.has("sriov-config")) {
            this.plugin = Optional.empty();
            return;
        }
        this.plugin = Optional.of(FunctionPlugin.open(FunctionPlugin.Settings.host(folders.data().resolve("sriov"), pluginFolder,
                config(arguments.value("sriov-config"), "sriov-config"), journal::say)));
    }

    /** A file that is there: one that vanishes later is told of, and what it said stays. */
    static Path config(String name, String option) throws UsageException {
        Path file = Path.of(name).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new UsageException("--" + option + " " + name + ": there is no such file; docs/SRIOV.md shows one");
        }
        return file;
    }

    void begin() throws IOException {
        if (plugin.isPresent()) {
            plugin.get().start();
        }
    }

    /** Who has what keeps it. */
    @Override
    public void close() throws IOException {
        if (plugin.isPresent()) {
            plugin.get().close();
        }
    }
}
