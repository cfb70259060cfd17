package runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Digest;

class BlobStoreTest {
    @TempDir
    Path folder;
    private BlobStore store;
    private final byte[] content = bytes(700_000, 7);
    private final Digest digest = Digest.of(content);

    @BeforeEach
    void openStore() throws IOException {
        store = BlobStore.open(folder);
    }

    @Test
    void storesUnderItsDigest() throws Exception {
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(content, 0, 1000);
            writer.write(content, 1000, content.length - 1000);
            assertFalse(store.contains(digest));
            writer.commit();
        }
        assertTrue(store.contains(digest));
        assertEquals(folder.resolve("blobs/sha256/" + digest.hex()), store.path(digest));
        assertEquals(content.length, store.sizeBytes(digest));
        assertEquals(List.of(digest), store.list());
        try (InputStream in = store.open(digest)) {
            assertArrayEquals(content, in.readAllBytes());
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void goesOnAfterAnInterruption() throws Exception {
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(content, 0, 300_001);
        }
        BlobStore again = BlobStore.open(folder);
        try (BlobWriter writer = again.writer(digest, content.length)) {
            assertEquals(300_001, writer.writtenBytes());
            writer.write(content, 300_001, content.length - 300_001);
            writer.commit();
        }
        assertArrayEquals(content, again.read(digest, content.length));
    }

    @Test
    void damageInAnEarlierPartIsNoticedAndDropped() throws Exception {
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(content, 0, 300_000);
        }
        Path partial = leftovers().getFirst();
        byte[] damaged = Files.readAllBytes(partial);
        damaged[5]++;
        Files.write(partial, damaged);
        BlobWriter writer = store.writer(digest, content.length);
        writer.write(content, 300_000, content.length - 300_000);
        BlobException failure = assertThrows(BlobException.class, writer::commit);
        assertEquals(BlobException.Reason.WRONG_DIGEST, failure.reason());
        assertTrue(failure.getMessage().contains(digest.toString()));
        assertFalse(store.contains(digest));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void wrongLengthsAreRefused() throws Exception {
        BlobWriter tooMany = store.writer(digest, content.length);
        tooMany.write(content, 0, content.length);
        assertEquals(BlobException.Reason.WRONG_LENGTH, assertThrows(BlobException.class,
                () -> tooMany.write(content, 0, 1)).reason());
        assertEquals(List.of(), leftovers());

        BlobWriter tooFew = store.writer(digest, content.length);
        tooFew.write(content, 0, 10);
        assertEquals(BlobException.Reason.WRONG_LENGTH,
                assertThrows(BlobException.class, tooFew::commit).reason());
        assertEquals(1, leftovers().size());
        assertThrows(BlobException.class, () -> tooFew.write(content, 10, 1));

        try (BlobWriter smaller = store.writer(digest, 5)) {
            assertEquals(0, smaller.writtenBytes());
        }
    }

    @Test
    void restartForgetsWhatWasWritten() throws Exception {
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(new byte[100], 0, 100);
            writer.restart();
            writer.write(content, 0, content.length);
            writer.commit();
        }
        assertTrue(store.contains(digest));
    }

    @Test
    void aSecondWriterOfTheSameBlobWaitsAndThenFindsIt() throws Exception {
        BlobWriter first = store.writer(digest, content.length);
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            asked.countDown();
            try (BlobWriter writer = store.writer(digest, content.length)) {
                boolean found = writer.exists();
                writer.commit();
                second.complete(found);
            } catch (IOException | InterruptedException | RuntimeException e) {
                second.completeExceptionally(e);
            }
        });
        asked.await();
        assertFalse(second.isDone());
        first.write(content, 0, content.length);
        first.commit();
        assertTrue(second.get());
    }

    @Test
    void addsBlobsOfUnknownDigest() throws IOException {
        assertEquals(digest, store.add(new ByteArrayInputStream(content)));
        assertEquals(digest, store.add(content));
        assertArrayEquals(content, store.read(digest, content.length));
        assertEquals(List.of(), leftovers());
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("torn");
            }
        };
        assertThrows(IOException.class, () -> store.add(broken));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void deletesAndReportsWhatIsMissing() throws Exception {
        store.add(content);
        assertTrue(store.delete(digest));
        assertFalse(store.delete(digest));
        assertEquals(BlobException.Reason.MISSING,
                assertThrows(BlobException.class, () -> store.open(digest)).reason());
        assertEquals(BlobException.Reason.MISSING,
                assertThrows(BlobException.class, () -> store.sizeBytes(digest)).reason());
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(content, 0, 10);
        }
        assertTrue(store.delete(digest));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void damageOnDiskIsNoticedWhenReading() throws IOException {
        store.add(content);
        Files.write(store.path(digest), new byte[10]);
        assertEquals(BlobException.Reason.WRONG_DIGEST,
                assertThrows(BlobException.class, () -> store.read(digest, 1 << 20)).reason());
        assertEquals(BlobException.Reason.WRONG_LENGTH,
                assertThrows(BlobException.class, () -> store.read(digest, 9)).reason());
    }

    @Test
    void oldLeftoversAreDroppedAtTheStart() throws Exception {
        try (BlobWriter writer = store.writer(digest, content.length)) {
            writer.write(content, 0, 10);
        }
        Files.createFile(folder.resolve("partial/incoming-1"));
        BlobStore.open(folder);
        Path partial = leftovers().getFirst();
        assertEquals(1, leftovers().size());
        FileTime changed = Files.getLastModifiedTime(partial);
        BlobStore.open(folder, InstantSource.fixed(
                changed.toInstant().plus(BlobStore.PARTIAL_KEPT).plusSeconds(1)));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void filesOfOtherToolsAreLeftAlone() throws IOException {
        Files.createFile(folder.resolve("blobs/sha256/README"));
        BlobStore again = BlobStore.open(folder);
        assertEquals(List.of(), again.list());
        assertTrue(Files.exists(folder.resolve("blobs/sha256/README")));
    }

    @Test
    void aLinkInPlaceOfAPartIsNotFollowed() throws IOException {
        Path target = folder.resolve("secret");
        Files.writeString(target, "keep");
        Files.createSymbolicLink(folder.resolve("partial/sha256-" + digest.hex()), target);
        assertThrows(IOException.class, () -> store.writer(digest, content.length));
        assertEquals("keep", Files.readString(target));
    }

    @Test
    void aFullDiskIsSaidAndNothingStays() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=256k", "jctl-test", small.toString()) == 0,
                "mounting a tmpfs needs root");
        try {
            BlobStore tiny = BlobStore.open(small);
            try (BlobWriter writer = tiny.writer(digest, content.length)) {
                BlobException failure = assertThrows(BlobException.class,
                        () -> writer.write(content, 0, content.length));
                assertEquals(BlobException.Reason.DISK_FULL, failure.reason());
                assertTrue(failure.getMessage().contains(small.toString()), failure.getMessage());
            }
            assertEquals(BlobException.Reason.DISK_FULL, assertThrows(BlobException.class,
                    () -> tiny.add(content)).reason());
            try (Stream<Path> files = Files.list(small.resolve("partial"))) {
                assertEquals(0, files.count());
            }
            assertEquals(List.of(), tiny.list());
        } finally {
            assertEquals(0, run("umount", small.toString()));
        }
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("partial"))) {
            return files.toList();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
