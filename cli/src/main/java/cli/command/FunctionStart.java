package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import runtime.container.Journal;
import runtime.node.NodeFolders;
import sriov.plugin.FunctionPlugin;
import sriov.plugin.PracticeCards;

/** The plug-in for virtual functions within the agent, if the operator wants one; it speaks to the agent by the same sockets as one of its own process. */
final class FunctionStart implements AutoCloseable {
    /** What practice cards are for, unless the operator says so. */
    private static final String PRACTICE = """
            physicalFunctions:
            - {name: "jvf*", virtualFunctions: 4, probeDrivers: true}
            pools:
            - {name: practice, mode: netdev, selectors: [{devices: ["10ca"]}]}
            """;

    private final Optional<FunctionPlugin> plugin;
    private final Optional<PracticeCards> cards;

    /** Nothing is divided or offered yet. */
    FunctionStart(Arguments arguments, NodeFolders folders, Path pluginFolder, Journal journal) throws UsageException, IOException {
        Path records = records(folders);
        Optional<Path> config = arguments.has("sriov-config") ? Optional.of(config(arguments.value("sriov-config"), "sriov-config")) : Optional.empty();
        int count = practiceCards(arguments);
        if (!arguments.has("practice-cards")) {
            this.cards = Optional.empty();
            this.plugin = config.isEmpty() ? Optional.empty()
                    : Optional.of(FunctionPlugin.open(FunctionPlugin.Settings.host(records, pluginFolder, config.get(), journal::say)));
            return;
        }
        PracticeCards made = PracticeCards.open(count, records, journal::say);
        FunctionPlugin opened = null;
        try {
            opened = FunctionPlugin.open(FunctionPlugin.Settings.practice(made, records, pluginFolder,
                    config.isPresent() ? config.get() : practice(records), journal::say));
        } finally {
            if (opened == null) {
                made.close();
            }
        }
        this.cards = Optional.of(made);
        this.plugin = Optional.of(opened);
    }

    /** Where it is kept who has what. */
    private static Path records(NodeFolders folders) {
        return folders.data().resolve("sriov");
    }

    private static int practiceCards(Arguments arguments) throws UsageException {
        int count = arguments.integer("practice-cards");
        if (count < 0 || count > PracticeCards.MOST) {
            throw Arguments.invalid("practice-cards", arguments.value("practice-cards"), "expected 0 to " + PracticeCards.MOST);
        }
        return count;
    }

    private static Path practice(Path records) throws IOException {
        return Files.writeString(records.resolve("practice.yaml"), PRACTICE);
    }

    /** Takes the links of practice cards off the host, for an agent that will not come back. */
    static void removePracticeCards(NodeFolders folders) throws IOException {
        PracticeCards.remove(records(folders));
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
        try {
            if (plugin.isPresent()) {
                plugin.get().close();
            }
        } finally {
            cards.ifPresent(PracticeCards::close);
        }
    }
}
