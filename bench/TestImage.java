package bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The one image all are measured with: a Debian of about 300 MB made with debootstrap, in four
 * layers, as the archive {@code docker save} would make; kept in {@code target/bench} for next time.
 *
 * @param tree its root file system, for runtimes that want a folder
 * @param archive the archive
 */
record TestImage(Path tree, Path archive) {
    static final String NAME = "jctl-bench:1";
    /** Writes the time of its first instruction, two 64-bit numbers, and exits. */
    static final String STAMP = "/stamp";
    /** One layer each; the first takes what the others leave. */
    private static final List<String> LAYERS = List.of("", "usr/lib", "usr/share", "usr/bin");

    static TestImage in(Path folder) throws IOException {
        TestImage image = new TestImage(folder.resolve("tree"), folder.resolve("image.tar"));
        if (!Files.exists(image.archive)) {
            image.make(folder);
        }
        return image;
    }

    private void make(Path folder) throws IOException {
        System.err.println("bench: making a Debian root file system (about a minute)");
        Shell.remove(tree);
        Files.createDirectories(folder);
        Shell.run("debootstrap", "--variant=minbase", "--include=perl,git,python3", "stable",
                tree.toString());
        Shell.sh("rm -rf '" + tree + "'/var/cache/apt/archives/*.deb '" + tree
                + "'/var/lib/apt/lists/* '" + tree + "'/dev/*");
        Files.write(tree.resolve(STAMP.substring(1)), stampProgram());
        Files.setPosixFilePermissions(tree.resolve(STAMP.substring(1)),
                PosixFilePermissions.fromString("rwxr-xr-x"));
        Path work = folder.resolve("archive");
        Shell.remove(work);
        Files.createDirectories(work);
        List<String> diffIds = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < LAYERS.size(); i++) {
            String name = "layer" + i + ".tar";
            Path tar = work.resolve(name);
            String part = LAYERS.get(i).isEmpty()
                    ? "--exclude=./usr/lib --exclude=./usr/share --exclude=./usr/bin ."
                    : "./" + LAYERS.get(i);
            Shell.sh("tar -C '" + tree + "' --numeric-owner --sort=name -cf '" + tar + "' " + part);
            names.add("\"" + name + "\"");
            diffIds.add("\"sha256:" + sha256(tar) + "\"");
        }
        String architecture = System.getProperty("os.arch").equals("amd64") ? "amd64" : "arm64";
        String config = "{\"architecture\":\"" + architecture + "\",\"os\":\"linux\",\"config\":"
                + "{\"Cmd\":[\"sh\"],\"Env\":[\"PATH=/usr/sbin:/usr/bin:/sbin:/bin\"]},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":" + diffIds + "}}";
        Files.writeString(work.resolve("config.json"), config);
        Files.writeString(work.resolve("manifest.json"), "[{\"Config\":\"config.json\","
                + "\"RepoTags\":[\"" + NAME + "\"],\"Layers\":" + names + "}]");
        Path partial = folder.resolve("image.tar.partial");
        Shell.run("tar", "-C", work.toString(), "-cf", partial.toString(), "manifest.json",
                "config.json", "layer0.tar", "layer1.tar", "layer2.tar", "layer3.tar");
        Shell.remove(work);
        Files.move(partial, archive);
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file),
                MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** An ELF file of one segment (elf(5)): header, program header, code; x86-64. */
    private static byte[] stampProgram() {
        if (!System.getProperty("os.arch").equals("amd64")) {
            throw new IllegalStateException("the benchmark's time stamp program is for x86-64 only");
        }
        byte[] code = HexFormat.of().parseHex(""
                + "4883ec10"     // sub rsp, 16
                + "b8e4000000"   // mov eax, 228       clock_gettime(2)
                + "31ff"         // xor edi, edi       CLOCK_REALTIME
                + "4889e6"       // mov rsi, rsp
                + "0f05"         // syscall
                + "b801000000"   // mov eax, 1         write(2)
                + "bf01000000"   // mov edi, 1
                + "4889e6"       // mov rsi, rsp
                + "ba10000000"   // mov edx, 16
                + "0f05"         // syscall
                + "b83c000000"   // mov eax, 60        exit(2)
                + "31ff"         // xor edi, edi
                + "0f05");       // syscall
        int headers = 64 + 56;
        long base = 0x400000;
        ByteBuffer elf = ByteBuffer.allocate(headers + code.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(HexFormat.of().parseHex("7f454c46020101000000000000000000"));
        elf.putShort((short) 2).putShort((short) 62).putInt(1);        // ET_EXEC, EM_X86_64
        elf.putLong(base + headers).putLong(64).putLong(0).putInt(0);  // entry, program headers
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1);
        elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        elf.putInt(1).putInt(5).putLong(0).putLong(base).putLong(base); // PT_LOAD, read + execute
        elf.putLong(elf.capacity()).putLong(elf.capacity()).putLong(0x1000);
        return elf.put(code).array();
    }
}
