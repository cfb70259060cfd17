package runtime.node;

import api.node.ContainerState;
import api.node.ContainerSummary;
import api.node.Exit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.container.Health;
import runtime.network.Endpoint;

/** What is known of containers, from our own words to the wire. */
final class ReplyTranslation {
    private ReplyTranslation() {}

    /** Nanoseconds since 1970. */
    static long nanos(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L),
                time.getNano());
    }

    /**
     * A line of {@code ps}.
     *
     * @param endpoints its places in networks; empty if it does not run
     * @param health    empty without a check, and if it does not run
     */
    static ContainerSummary summary(ContainerRecord record, List<Endpoint> endpoints,
            Optional<Health> health) {
        ContainerSummary.Builder summary = ContainerSummary.newBuilder()
                .setId(record.id())
                .setName(record.name())
                .setImage(record.options().image())
                .setImageId(record.imageId())
                .addAllCommand(record.command())
                .setCreatedUnixNanos(nanos(record.createdAt()))
                .setState(state(record.state()))
                .putAllLabels(record.labels())
                .addAllMounts(record.options().mounts().stream()
                        .map(ContainerOptions.MountOption::target).toList())
                .setNetworkMode(networkMode(record))
                .setHealth(health.map(each -> each.status().word()).orElse(""))
                .setRestarts(record.restarts());
        record.run().ifPresent(run -> {
            summary.setStartedUnixNanos(nanos(run.startedAt()));
            run.exit().ifPresentOrElse(
                    exit -> summary.setFinishedUnixNanos(nanos(exit.finishedAt()))
                            .setExitCode(exit.code()).setOomKilled(exit.oomKilled()),
                    () -> summary.setPid(run.pid()).addAllAddresses(endpoints.isEmpty()
                            ? run.addresses() : NetworkTranslation.addresses(endpoints)));
        });
        NetworkTranslation.addTo(summary, record, endpoints);
        if (record.startExitCode() != 0) {
            summary.setExitCode(record.startExitCode());
        }
        return summary.build();
    }

    static String networkMode(ContainerRecord record) {
        String mode = record.options().network().mode();
        return mode.isEmpty() ? "bridge" : mode;
    }

    static ContainerState state(runtime.container.ContainerState state) {
        return switch (state) {
            case CREATED -> ContainerState.CREATED;
            case RUNNING -> ContainerState.RUNNING;
            case PAUSED -> ContainerState.PAUSED;
            case RESTARTING -> ContainerState.RESTARTING;
            case EXITED -> ContainerState.EXITED;
            case REMOVING -> ContainerState.REMOVING;
            case DEAD -> ContainerState.DEAD;
        };
    }

    /** The end of a run. */
    static Exit exit(ContainerRecord.RunExit exit) {
        return Exit.newBuilder().setCode(exit.code()).setSignal(exit.signal())
                .setOomKilled(exit.oomKilled()).setFinishedUnixNanos(nanos(exit.finishedAt()))
                .setCodeUnknown(exit.isUnknown()).setLeaseOver(exit.leaseOver()).build();
    }

    /** Splits bytes into pieces a message may hold. */
    static void pieces(byte[] bytes, PieceSink sink) throws InterruptedException {
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            sink.accept(com.google.protobuf.ByteString.copyFrom(
                    bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        }
    }

    private static final int PIECE_BYTES = 64 << 10;

    /** Takes the pieces in order. */
    interface PieceSink {
        void accept(com.google.protobuf.ByteString piece) throws InterruptedException;
    }

    /** The states a filter may name. */
    static List<String> stateWords() {
        return java.util.Arrays.stream(runtime.container.ContainerState.values())
                .map(runtime.container.ContainerState::word).toList();
    }
}
