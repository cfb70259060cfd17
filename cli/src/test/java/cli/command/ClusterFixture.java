package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import api.cluster.ServiceSpec;
import cli.transport.NettyNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that serves a cluster of the tests' own, and command lines for it. */
@Timeout(60)
abstract class ClusterFixture {
    static final long SECOND = 1_790_000_000L;

    @TempDir
    Path folder;
    final FakeCluster cluster = new FakeCluster();
    TestConsole console;
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), cluster);
        console = fresh();
    }

    TestConsole fresh() {
        return new TestConsole().with("JCTL_HOST", "unix://" + node.socket())
                .with("HOME", folder.toString());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** What a command line prints that goes well. */
    String out(String... words) {
        TestConsole one = fresh();
        assertEquals(0, one.run(words), () -> String.join(" ", words) + ": " + one.err());
        return one.out();
    }

    /** What is said of a command line that does not go well. */
    String err(String... words) {
        TestConsole one = fresh();
        assertEquals(1, one.run(words), () -> String.join(" ", words) + ": " + one.out());
        return one.err();
    }

    static ServiceSpec spec(String... options) throws Exception {
        return ServiceSpec.parseFrom(ServiceRequest.whole(ArgumentParser.parse(
                new ServiceCreateCommand().syntax(), options, 0), new TestConsole().console()));
    }
}
