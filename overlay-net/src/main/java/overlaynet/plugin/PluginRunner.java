package overlaynet.plugin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import overlaynet.cni.CniException;
import overlaynet.cni.PluginList;

/** Runs CNI plug-ins, none of which is trusted to end, or to keep its answer short. */
final class PluginRunner {
    private static final int MAX_OUTPUT_BYTES = 1 << 20;
    private static final int MAX_ERROR_BYTES = 4096;

    private final List<Path> folders;
    private final Duration limit;

    /**
     * @param folders where programs are looked for, in this order
     * @param limit   how long one may take
     */
    PluginRunner(List<Path> folders, Duration limit) {
        this.folders = List.copyOf(folders);
        this.limit = limit;
    }

    /**
     * Runs a plug-in to its end.
     *
     * @param variables {@code CNI_COMMAND} and its kin, but for the path
     * @return what it printed
     * @throws CniException if there is no such program, or it fails, prints too much or takes too long
     */
    String run(PluginList list, ObjectNode plugin, Map<String, String> variables, byte[] input)
            throws CniException, IOException {
        String type = PluginList.type(plugin);
        String command = variables.get("CNI_COMMAND");
        Process process = begin(find(list, type), variables);
        boolean ended = false;
        try {
            CompletableFuture<String> output =
                    reading(process.getInputStream(), MAX_OUTPUT_BYTES, true);
            CompletableFuture<String> errors =
                    reading(process.getErrorStream(), MAX_ERROR_BYTES, false);
            Thread.ofVirtual().start(() -> write(process.getOutputStream(), input));
            String printed = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            ended = true;
            if (process.exitValue() != 0) {
                throw list.failure(type, command, process.exitValue(), printed,
                        errors.getNow(""));
            }
            return printed;
        } catch (TimeoutException slow) {
            throw list.failed(type, command, "it took longer than " + limit.toSeconds()
                    + " s and was killed");
        } catch (ExecutionException unread) {
            throw list.failed(type, command, unread.getCause().getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw list.failed(type, command, "the daemon ends");
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private Path find(PluginList list, String type) throws CniException {
        for (Path folder : folders) {
            Path program = folder.resolve(type);
            if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new CniException(CniException.Kind.INVALID, "the network " + list.name()
                + " wants the CNI plugin " + type + ", which is not in " + folders.stream()
                        .map(Path::toString).collect(Collectors.joining(" or "))
                + "; Debian has the usual ones in containernetworking-plugins");
    }

    private Process begin(Path program, Map<String, String> variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString());
        builder.directory(Path.of("/").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CNI_"));
        builder.environment().putAll(variables);
        builder.environment().put("CNI_PATH",
                folders.stream().map(Path::toString).collect(Collectors.joining(":")));
        builder.environment().putIfAbsent("PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        return builder.start();
    }

    private static void write(OutputStream pipe, byte[] input) {
        try (pipe) {
            pipe.write(input);
        } catch (IOException closed) {
            return; // it need not read what it does not want; its end tells
        }
    }

    /** @param strict whether more is an error; else it is left out */
    private static CompletableFuture<String> reading(InputStream pipe, int most, boolean strict) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (pipe) {
                byte[] bytes = pipe.readNBytes(most);
                if (pipe.read() >= 0) {
                    if (strict) {
                        throw new IOException("it printed more than " + most + " bytes");
                    }
                    pipe.transferTo(OutputStream.nullOutputStream());
                }
                text.complete(new String(bytes, StandardCharsets.UTF_8));
            } catch (IOException failed) {
                text.completeExceptionally(failed);
            }
        });
        return text;
    }
}
