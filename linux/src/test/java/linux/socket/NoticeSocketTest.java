package linux.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import linux.abi.Errno;
import linux.syscall.SystemCallException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticeSocketTest {
    @TempDir Path folder;

    /** That a datagram arrives, the acceptance of packages sees. */
    @Test
    void nobodyAtTheAddressIsAnError() {
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> NoticeSocket.send(folder.resolve("none").toString(), "READY=1"));
        assertEquals(Errno.ENOENT.number(), refused.errno());
    }

    @Test
    void anAddressTooLongIsNamed() {
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> NoticeSocket.send("/" + "x".repeat(108), "READY=1"));
        assertTrue(refused.getMessage().contains("107 fit"), refused.getMessage());
    }

    @Test
    void aStreamSocketRefusesDatagrams() throws IOException {
        Path path = folder.resolve("stream");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            assertThrows(SystemCallException.class,
                    () -> NoticeSocket.send(path.toString(), "READY=1"));
        }
    }
}
