package cli.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ContainerSummary;
import api.node.CreateContainerRequest;
import api.node.Resources;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Held against the protobuf library. */
class MessageTest {

    @Test
    void theLibraryReadsWhatIsWritten() throws InvalidProtocolBufferException {
        byte[] bytes = new MessageWriter()
                .string(CreateContainerRequest.IMAGE_FIELD_NUMBER, "dé".repeat(200))
                .string(CreateContainerRequest.NAME_FIELD_NUMBER, "")
                .strings(CreateContainerRequest.ARGS_FIELD_NUMBER, List.of("a", "", "b"))
                .flag(CreateContainerRequest.TTY_FIELD_NUMBER, true)
                .flag(CreateContainerRequest.INIT_FIELD_NUMBER, false)
                .entry(CreateContainerRequest.LABELS_FIELD_NUMBER, "k", "v")
                .entry(CreateContainerRequest.LABELS_FIELD_NUMBER, "e", "")
                .optionalNumber(CreateContainerRequest.OOM_SCORE_ADJ_FIELD_NUMBER, -1000)
                .optionalNumber(CreateContainerRequest.STOP_TIMEOUT_SECONDS_FIELD_NUMBER, 0)
                .message(CreateContainerRequest.RESOURCES_FIELD_NUMBER, new MessageWriter()
                        .number(Resources.MEMORY_LIMIT_BYTES_FIELD_NUMBER, Long.MAX_VALUE)
                        .number(Resources.MEMORY_SWAP_LIMIT_BYTES_FIELD_NUMBER, -1))
                .toByteArray();
        assertEquals(CreateContainerRequest.newBuilder().setImage("dé".repeat(200))
                .addArgs("a").addArgs("").addArgs("b").setTty(true).putLabels("k", "v")
                .putLabels("e", "").setOomScoreAdj(-1000).setStopTimeoutSeconds(0)
                .setResources(Resources.newBuilder().setMemoryLimitBytes(Long.MAX_VALUE)
                        .setMemorySwapLimitBytes(-1)).build(),
                CreateContainerRequest.parseFrom(bytes));
    }

    @Test
    void whatTheLibraryWritesIsRead() throws MalformedMessageException {
        MessageReader reader = new MessageReader(ContainerSummary.newBuilder().setId("é")
                .setPid(Integer.MAX_VALUE).setExitCode(-1).setOomKilled(true)
                .putLabels("a", "b").build().toByteArray());
        assertTrue(reader.next());
        assertEquals(ContainerSummary.ID_FIELD_NUMBER, reader.field());
        assertEquals("é", reader.string());
        assertArrayEquals(new byte[] {(byte) 0xc3, (byte) 0xa9}, reader.bytes());
        assertThrows(MalformedMessageException.class, reader::number);
        assertTrue(reader.next());
        assertEquals(-1, reader.number());
        assertThrows(MalformedMessageException.class, reader::string);
        assertTrue(reader.next());
        assertTrue(reader.flag());
        assertTrue(reader.next());
        assertEquals(Integer.MAX_VALUE, reader.number());
        assertTrue(reader.next());
        MessageReader entry = reader.message();
        assertTrue(entry.next());
        assertEquals("a", entry.string());
        assertTrue(entry.next());
        assertFalse(entry.next());
        assertFalse(reader.next());
    }

    @Test
    void noiseIsReadOrRefused() {
        Random random = new Random(42);
        for (int round = 0; round < 50_000; round++) {
            byte[] noise = new byte[random.nextInt(30)];
            random.nextBytes(noise);
            MessageReader reader = new MessageReader(noise);
            try {
                while (reader.next()) {
                    assertTrue(reader.field() > 0);
                }
            } catch (MalformedMessageException e) {
                assertTrue(e.getMessage().startsWith("the daemon's answer is damaged"));
            }
        }
    }
}
