package overlaynet.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs nftables commands in this process through {@code libnftables(3)}, the library below
 * {@code nft(8)}. A batch is applied whole or not at all.
 *
 * <p>Works on the network namespace of the thread that opened it. One thread at a time.
 */
public final class Nftables implements AutoCloseable {
    /** {@code NFT_CTX_OUTPUT_JSON}. */
    private static final int OUTPUT_JSON = 1 << 4;
    /** {@code NFT_CTX_OUTPUT_TERSE}. */
    private static final int OUTPUT_TERSE = 1 << 11;
    private static final long MAX_OUTPUT_BYTES = 64L << 20;

    /**
     * One shape for all of the library's functions: pointers and integers travel in the same registers of
     * both architectures, a register more than a function looks at harms nothing, and each shape of its own
     * would cost a start of the agent some 20 ms of code generation.
     */
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    /** The functions of the library, linked once. */
    private record Library(
            MethodHandle contextNew,
            MethodHandle contextFree,
            MethodHandle bufferOutput,
            MethodHandle bufferError,
            MethodHandle getOutput,
            MethodHandle getError,
            MethodHandle setOutputFlags,
            MethodHandle run) {}

    /**
     * Contexts are told apart by all functions but one: which generation of the rules the kernel is expected to answer from, the
     * library notes once for the whole process. Two threads at work in two network namespaces spoil that for each other, and each
     * begins anew without end.
     */
    private static final ReentrantLock RUNNING = new ReentrantLock();

    private static Library loaded;

    private final Library library;
    /** The address of a {@code struct nft_ctx}. */
    private final long context;
    private boolean closed;

    private Nftables(Library library) throws NftablesException {
        this.library = library;
        this.context = call(library.contextNew(), 0, 0);
        if (context == 0) {
            throw new NftablesException("", "nft_ctx_new: out of memory");
        }
        int failed = (int) call(library.bufferOutput(), context, 0)
                | (int) call(library.bufferError(), context, 0);
        if (failed != 0) {
            close();
            throw new NftablesException("", "nft_ctx_buffer_output: out of memory");
        }
    }

    /**
     * Opens a context.
     *
     * @throws NftablesMissingException if the library is not installed
     */
    public static Nftables open() throws NftablesMissingException, NftablesException {
        return new Nftables(library());
    }

    private static synchronized Library library() throws NftablesMissingException {
        if (loaded == null) {
            try {
                loaded = link(SymbolLookup.libraryLookup("libnftables.so.1", Arena.global()));
            } catch (IllegalArgumentException missing) {
                throw new NftablesMissingException(missing);
            }
        }
        return loaded;
    }

    private static Library link(SymbolLookup lookup) {
        return new Library(
                handle(lookup, "nft_ctx_new"),
                handle(lookup, "nft_ctx_free"),
                handle(lookup, "nft_ctx_buffer_output"),
                handle(lookup, "nft_ctx_buffer_error"),
                handle(lookup, "nft_ctx_get_output_buffer"),
                handle(lookup, "nft_ctx_get_error_buffer"),
                handle(lookup, "nft_ctx_output_set_flags"),
                handle(lookup, "nft_run_cmd_from_buffer"));
    }

    private static MethodHandle handle(SymbolLookup lookup, String name) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), SHAPE);
    }

    /**
     * Runs a batch of commands as {@code nft -f} does.
     *
     * @return what the commands print
     * @throws NftablesException if any of them failed; nothing was changed then
     */
    public String run(String commands) throws NftablesException {
        return run(commands, 0);
    }

    /** As {@link #run(String)}, the output as JSON ({@code libnftables-json(5)}). */
    public String runJson(String commands) throws NftablesException {
        return run(commands, OUTPUT_JSON);
    }

    /** As {@link #run(String)}, without the elements of sets and maps. */
    public String runTerse(String commands) throws NftablesException {
        return run(commands, OUTPUT_TERSE);
    }

    /** As {@link #runJson(String)}, without the elements of sets and maps. */
    public String runTerseJson(String commands) throws NftablesException {
        return run(commands, OUTPUT_JSON | OUTPUT_TERSE);
    }

    private String run(String commands, int outputFlags) throws NftablesException {
        if (closed) {
            throw new IllegalStateException("nftables context is closed");
        }
        RUNNING.lock();
        try (Arena arena = Arena.ofConfined()) {
            call(library.setOutputFlags(), context, outputFlags);
            int result = (int) call(library.run(), context, arena.allocateFrom(commands).address());
            // Reading a buffer also empties it for the next command.
            String output = text(call(library.getOutput(), context, 0));
            String error = text(call(library.getError(), context, 0));
            if (result != 0) {
                throw new NftablesException(commands, error.isBlank() ? "no reason given" : error);
            }
            return output;
        } finally {
            RUNNING.unlock();
        }
    }

    private static String text(long pointer) {
        return pointer == 0 ? "" : MemorySegment.ofAddress(pointer).reinterpret(MAX_OUTPUT_BYTES)
                .getString(0, StandardCharsets.UTF_8);
    }

    /** A result that is an int stands in the lower half; the upper one means nothing then. */
    private static long call(MethodHandle function, long first, long second) {
        try {
            return (long) function.invokeExact(first, second);
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }

    /** Frees the context. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            call(library.contextFree(), context, 0);
        }
    }
}
