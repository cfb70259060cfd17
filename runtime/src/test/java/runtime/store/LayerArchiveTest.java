package runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import runtime.image.Digest;
import testkit.NeedsKernel;
import testkit.Requires;

@NeedsKernel
class LayerArchiveTest {
    @TempDir
    Path temporary;
    private Path root;
    private UnpackLimits limits = new UnpackLimits(1 << 24, 1000, 5, 1000);

    @BeforeEach
    void makeFolders() throws Exception {
        Requires.root();
        root = Files.createDirectory(temporary.resolve("root"));
        Files.writeString(temporary.resolve("outside"), "untouched");
    }

    @AfterEach
    void nothingOutsideWasTouched() throws Exception {
        if (root == null) {
            return;
        }
        assertEquals("untouched", Files.readString(temporary.resolve("outside")));
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(2, files.count());
        }
        TreeRemoval.remove(root);
        assertFalse(Files.exists(root));
    }

    private LayerArchive.Result unpack(byte[] archive) throws IOException {
        return new LayerArchive(limits).unpack(new ByteArrayInputStream(archive), archive.length,
                Digest.Algorithm.SHA256, root, done -> { });
    }

    private LayerArchive.Result unpack(TarBuilder archive) throws IOException {
        return unpack(archive.build());
    }

    private ImageException refuses(byte[] archive, ImageException.Reason reason, String... words) {
        ImageException refused = assertThrows(ImageException.class, () -> unpack(archive));
        assertEquals(reason, refused.reason(), refused.getMessage());
        for (String word : words) {
            assertTrue(refused.getMessage().contains(word), refused.getMessage());
        }
        return refused;
    }

    private ImageException refuses(TarBuilder archive, String... words) {
        return refuses(archive.build(), ImageException.Reason.MALFORMED, words);
    }

    private FileStatus status(String name) throws IOException {
        return linux.syscall.Files.statx(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.resolve(name).toString()));
    }

    private String attribute(String name, String attribute) throws IOException {
        return linux.syscall.Files.lgetxattr(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.resolve(name).toString()),
                linux.syscall.Files.name(attribute))
                .map(value -> HexFormat.of().formatHex(value)).orElse("none");
    }

    private static final String YES = "79";

    @Test
    void filesHaveContentOwnerModeAndTime() throws Exception {
        unpack(new TarBuilder().mode(04755).owner(1000, 4_000_000).pax("mtime", "12.345678901")
                .pax("gid", "4000000000").file("a/b/c", "hello"));
        FileStatus status = status("a/b/c");
        assertEquals("hello", Files.readString(root.resolve("a/b/c")));
        assertEquals(0104755, status.mode());
        assertEquals(1000, status.userId());
        assertEquals(4_000_000_000L, Integer.toUnsignedLong(status.groupId()));
        assertEquals(12, status.seconds());
        assertEquals(345_678_901, status.nanoseconds());
        assertEquals(040755, status("a").mode(), "a missing folder is made");
    }

    @Test
    void folderTimesAndModesAreSetLast() throws Exception {
        unpack(new TarBuilder().mode(0500).folder("d/").mode(0644).file("d/x", "1")
                .mode(0700).folder("./"));
        assertEquals(1_000_000_000, status("d").seconds());
        assertEquals(040500, status("d").mode());
        assertEquals(040700, status("").mode());
    }

    @Test
    void timesBefore1970AreKept() throws Exception {
        unpack(new TarBuilder().pax("mtime", "-1.5").file("old", ""));
        assertEquals(-2, status("old").seconds());
        assertEquals(500_000_000, status("old").nanoseconds());
    }

    @Test
    void linksDevicesAndFifos() throws Exception {
        unpack(new TarBuilder().file("f", "x").hardLink("h", "/f").symbolicLink("s", "/etc/passwd")
                .mode(0666).device("null", '3', 1, 3).device("disk", '4', 8, 300)
                .device("fifo", '6', 0, 0));
        assertEquals(status("f").inode(), status("h").inode());
        assertEquals("/etc/passwd", Files.readSymbolicLink(root.resolve("s")).toString());
        assertEquals(020666, status("null").mode());
        assertEquals(3, status("null").minor());
        assertEquals(300, status("disk").minor());
        assertEquals(010666, status("fifo").mode());
    }

    @Test
    void whiteoutsAreThoseOfOverlayfs() throws Exception {
        unpack(new TarBuilder().folder("d").file("d/.wh..wh..opq", "").file("e/.wh.gone", "")
                .file(".wh..wh.plnk", ""));
        assertEquals(YES, attribute("d", "trusted.overlay.opaque"));
        assertTrue(status("e/gone").isWhiteout());
        assertFalse(Files.exists(root.resolve(".wh..wh.plnk")));
    }

    @Test
    void aWhiteoutDoesNotHideWhatTheLayerHasItself() throws Exception {
        unpack(new TarBuilder().file("f", "kept").file(".wh.f", "").folder("d").file("d/x", "")
                .file(".wh.d", "").file(".wh.n", "").folder("n").file(".wh.m", "")
                .file("m", "new"));
        assertEquals("kept", Files.readString(root.resolve("f")));
        assertEquals(YES, attribute("d", "trusted.overlay.opaque"));
        assertEquals(YES, attribute("n", "trusted.overlay.opaque"));
        assertEquals("new", Files.readString(root.resolve("m")));
    }

    @Test
    void laterEntriesReplaceEarlierOnes() throws Exception {
        unpack(new TarBuilder().folder("a").file("a/x", "1").file("a", "file now")
                .symbolicLink("b", "nowhere").folder("b").file("b/y", "2").file("c", "1")
                .file("c", "2").file("h", "3").hardLink("h", "h"));
        assertEquals("file now", Files.readString(root.resolve("a")));
        assertEquals("2", Files.readString(root.resolve("b/y")));
        assertEquals("2", Files.readString(root.resolve("c")));
        assertEquals("3", Files.readString(root.resolve("h")));
    }

    @Test
    void attributesAreBytesAndFileCapabilitiesSurviveTheOwner() throws Exception {
        byte[] capability = HexFormat.of().parseHex("0100000200e0ff00000000000000000000000000");
        unpack(new TarBuilder().owner(7, 8).pax("SCHILY.xattr.security.capability", capability)
                .pax("SCHILY.xattr.user.empty", "").pax("SCHILY.xattr.security.selinux", "label")
                .mode(0755).file("ping", "").pax("SCHILY.xattr.user.dir", "v").folder("d"));
        assertEquals(HexFormat.of().formatHex(capability),
                attribute("ping", "security.capability"));
        assertEquals("", attribute("ping", "user.empty"));
        assertEquals("none", attribute("ping", "security.selinux"));
        assertEquals("76", attribute("d", "user.dir"));
    }

    @Test
    void onlyOverlayfsMaySetItsAttributes() {
        refuses(new TarBuilder().pax("SCHILY.xattr.trusted.overlay.redirect", "/etc").folder("d"),
                "/d\"".substring(1), "trusted.overlay.redirect");
    }

    @Test
    void namesThatAreNotUtf8StayWhatTheyAre() throws Exception {
        unpack(new TarBuilder().pax("path", new byte[] {'x', (byte) 0xFF}).file("p", "1"));
        int folder = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.toString()), 0, 0);
        try {
            assertArrayEquals(new byte[] {'x', (byte) 0xFF},
                    linux.syscall.Files.list(folder).getFirst());
        } finally {
            linux.syscall.Files.close(folder);
        }
    }

    @Test
    void absoluteNamesAreBelowTheRoot() throws Exception {
        unpack(new TarBuilder().file("/etc/./x", "1"));
        assertEquals("1", Files.readString(root.resolve("etc/x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "a/../../outside", "a/..", "..", "/../outside"})
    void namesThatLeadOutAreRefused(String name) {
        refuses(new TarBuilder().file(name, "owned"), "\"..\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.", ".wh..", ".wh...", "a/.wh..."})
    void whiteoutsOfNothingAreRefused(String name) {
        refuses(new TarBuilder().file(name, ""), "whiteout");
    }

    @Test
    void filesBehindASymbolicLinkStayInside() throws Exception {
        unpack(new TarBuilder().symbolicLink("up", "../..").file("up/outside", "owned")
                .folder("usr/lib").symbolicLink("lib", "usr/lib").file("lib/x", "1")
                .folder("lib/d"));
        assertEquals("owned", Files.readString(root.resolve("outside")));
        assertEquals("1", Files.readString(root.resolve("usr/lib/x")));
        assertEquals(1_000_000_000, status("usr/lib/d").seconds());
    }

    @Test
    void anAbsoluteLinkStartsAtTheLayersRoot() throws Exception {
        unpack(new TarBuilder().folder("tmp").symbolicLink("etc", temporary.toString())
                .folder(temporary.toString()).file("etc/outside", "owned"));
        assertEquals("owned",
                Files.readString(root.resolve(temporary.toString().substring(1) + "/outside")));
    }

    @Test
    void aFileOverALinkReplacesTheLink() throws Exception {
        unpack(new TarBuilder().symbolicLink("link", temporary.resolve("outside").toString())
                .file("link", "inside"));
        assertTrue(Files.isRegularFile(root.resolve("link"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aFolderReplacedByALinkGetsNoModeThroughIt() throws Exception {
        unpack(new TarBuilder().mode(0777).folder("d").symbolicLink("d", temporary.toString()));
        assertTrue(Files.isSymbolicLink(root.resolve("d")));
    }

    @Test
    void hardLinksMustPointIntoTheLayer() {
        refuses(new TarBuilder().hardLink("h", temporary.resolve("outside").toString()),
                "not in the same layer");
        refuses(new TarBuilder().symbolicLink("up", "../..").hardLink("h", "up/outside"),
                "not in the same layer");
        refuses(new TarBuilder().hardLink("h2", "../outside"), "\"..\"");
        refuses(new TarBuilder().folder("d").hardLink("h3", "d"), "is a folder");
        refuses(new TarBuilder().hardLink("h4", "/"), "not in the same layer");
    }

    @Test
    void brokenParentsAreRefused() {
        refuses(new TarBuilder().symbolicLink("dangling", "nowhere").file("dangling/x", ""),
                "link to nothing");
        refuses(new TarBuilder().file("f", "").file("f/x", ""), "not a folder");
        refuses(new TarBuilder().symbolicLink("loop", "loop").file("loop/x", ""), "not a folder");
    }

    @Test
    void theRootCannotBeReplaced() {
        refuses(new TarBuilder().symbolicLink("/", "/etc"), "root");
        refuses(new TarBuilder().file(".", "x"), "root");
    }

    @Test
    void devicesAreLimited() {
        TarBuilder archive = new TarBuilder();
        for (int i = 0; i < 6; i++) {
            archive.device("d" + i, '3', 1, 3);
        }
        refuses(archive.build(), ImageException.Reason.LIMIT, "5 devices");
        refuses(new TarBuilder().device("big", '3', 5000, 0), "5000:0");
    }

    @Test
    void entriesAndSizesAreLimited() {
        TarBuilder many = new TarBuilder();
        for (int i = 0; i < 1001; i++) {
            many.file("f", "");
        }
        refuses(many.build(), ImageException.Reason.LIMIT, "1000 entries");
        byte[] bomb = TarBuilder.gzip(new TarBuilder().file("zeros", new byte[1 << 24]).build());
        refuses(bomb, ImageException.Reason.LIMIT, "unpacks to more than");
    }

    @Test
    void namesAndHeadersAreLimited() {
        refuses(new TarBuilder().pax("path", "x".repeat(256)).file("p", ""), "longer than 255");
        refuses(new TarBuilder().pax("path", "x/".repeat(3000)).file("p", ""), "longer than 4095");
        refuses(new TarBuilder().pax("comment", "x".repeat(2_000_000)).file("p", ""),
                "at most 1048576");
        refuses(new TarBuilder().raw(new TarBuilder().header("l", (char) 76, "", 1L << 32)),
                "at most 1048576");
        refuses(new TarBuilder().pax("path", new byte[] {'a', 0, 'b'}).file("p", ""), "zero byte");
    }

    @Test
    void damageIsNamed() {
        byte[] archive = new TarBuilder().file("file", "content").build();
        byte[] flipped = archive.clone();
        flipped[10] ^= 1;
        refuses(flipped, ImageException.Reason.MALFORMED, "byte 0", "checksum");
        refuses(Arrays.copyOf(archive, 515), ImageException.Reason.MALFORMED, "ends too early",
                "\"file\"");
        refuses(Arrays.copyOf(archive, 100), ImageException.Reason.MALFORMED, "ends too early");
        refuses(TarBuilder.join(new byte[512], archive), ImageException.Reason.MALFORMED,
                "followed by something");
        refuses(new TarBuilder().entry("x", 'Q', "", new byte[0]), "unknown type");
        refuses(new TarBuilder().pax("uid", "99999999999").file("f", ""), "uid");
        refuses(new TarBuilder().pax("size", "-5").file("f", ""), "size");
        refuses(new TarBuilder().pax("mtime", "soon").file("f", ""), "time");
        refuses("not an archive at all, only text".repeat(40).getBytes(StandardCharsets.UTF_8),
                ImageException.Reason.MALFORMED, "checksum");
    }

    @Test
    void packedDamageIsNamed() {
        byte[] archive = new TarBuilder().file("file", "content".repeat(1000)).build();
        byte[] gzip = TarBuilder.gzip(archive);
        refuses(Arrays.copyOf(gzip, gzip.length / 2), ImageException.Reason.MALFORMED,
                "ends too early");
        byte[] wrongSum = gzip.clone();
        wrongSum[gzip.length - 6] ^= 1;
        refuses(wrongSum, ImageException.Reason.MALFORMED, "checksum");
        refuses(TarBuilder.join(gzip, "trailing".getBytes(StandardCharsets.UTF_8)),
                ImageException.Reason.MALFORMED, "not gzip");
        byte[] zstd = Zstd.compress(archive);
        refuses(Arrays.copyOf(zstd, zstd.length - 10), ImageException.Reason.MALFORMED,
                "ends too early");
        byte[] broken = zstd.clone();
        Arrays.fill(broken, 20, 40, (byte) 0xA5);
        refuses(broken, ImageException.Reason.MALFORMED);
        refuses(new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0, 1, 2},
                ImageException.Reason.MALFORMED, "xz");
    }

    @Test
    void everyPackingGivesTheSame() throws Exception {
        byte[] archive = new TarBuilder().file("file", "content".repeat(100_000)).build();
        byte[] half = Arrays.copyOf(archive, 5000);
        byte[] rest = Arrays.copyOfRange(archive, 5000, archive.length);
        byte[][] packings = {archive, TarBuilder.gzip(archive), Zstd.compress(archive),
                TarBuilder.join(TarBuilder.gzip(half), TarBuilder.gzip(rest)),
                TarBuilder.join(TarBuilder.gzip(archive), new byte[100]),
                TarBuilder.join(Zstd.compress(half), Zstd.compress(rest))};
        for (byte[] packed : packings) {
            LayerArchive.Result result = unpack(packed);
            assertEquals(Digest.of(archive), result.diffId());
            assertEquals(archive.length, result.unpackedBytes());
            assertEquals(700_000, status("file").sizeBytes());
        }
    }

    @Test
    void anEmptyArchiveIsAnEmptyLayer() throws Exception {
        assertEquals(0, unpack(new byte[1024]).entries());
        assertEquals(0, unpack(new byte[0]).entries());
        assertEquals(040755, status("").mode());
    }

    @Test
    void treesDeeperThanAnyPathAreRemoved() throws Exception {
        limits = new UnpackLimits(1 << 24, 10_000, 5, 1000);
        TarBuilder archive = new TarBuilder();
        String deep = "d/".repeat(1900);
        archive.pax("path", deep).folder("x").pax("linkpath", deep).symbolicLink("short", "x")
                .pax("path", "short/" + deep).folder("y");
        assertEquals(3, unpack(archive).entries());
    }
}
