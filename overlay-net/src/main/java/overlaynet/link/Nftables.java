package overlaynet.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Runs nftables commands in this process through {@code libnftables(3)}, the library below
 * {@code nft(8)}. A batch is applied whole or not at all.
 *
 * <p>Works on the network namespace of the thread that opened it. One thread at a time.
 */
public final class Nftables implements AutoCloseable {
    /** {@code NFT_CTX_OUTPUT_JSON}. */
    private static final int OUTPUT_JSON = 1 << 4;
    private static final long MAX_OUTPUT_BYTES = 64L << 20;

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

    private static Library loaded;

    private final Library library;
    private final MemorySegment context;
    private boolean closed;

    private Nftables(Library library) throws NftablesException {
        this.library = library;
        this.context = pointer(library.contextNew(), 0);
        if (context.address() == 0) {
            throw new NftablesException("", "nft_ctx_new: out of memory");
        }
        int failed =
                integer(library.bufferOutput(), context) | integer(library.bufferError(), context);
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
        FunctionDescriptor pointerToInt =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        FunctionDescriptor pointerToPointer =
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        return new Library(
                handle(lookup, "nft_ctx_new",
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT)),
                handle(lookup, "nft_ctx_free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS)),
                handle(lookup, "nft_ctx_buffer_output", pointerToInt),
                handle(lookup, "nft_ctx_buffer_error", pointerToInt),
                handle(lookup, "nft_ctx_get_output_buffer", pointerToPointer),
                handle(lookup, "nft_ctx_get_error_buffer", pointerToPointer),
                handle(lookup, "nft_ctx_output_set_flags",
                        FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT)),
                handle(lookup, "nft_run_cmd_from_buffer", FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS)));
    }

    private static MethodHandle handle(SymbolLookup lookup, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), type);
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

    private String run(String commands, int outputFlags) throws NftablesException {
        if (closed) {
            throw new IllegalStateException("nftables context is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            library.setOutputFlags().invokeExact(context, outputFlags);
            int result = (int) library.run().invokeExact(context, arena.allocateFrom(commands));
            // Reading a buffer also empties it for the next command.
            String output = text(pointer(library.getOutput(), context));
            String error = text(pointer(library.getError(), context));
            if (result != 0) {
                throw new NftablesException(commands, error.isBlank() ? "no reason given" : error);
            }
            return output;
        } catch (NftablesException refused) {
            throw refused;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }

    private static String text(MemorySegment pointer) {
        return pointer.address() == 0 ? "" : pointer.reinterpret(MAX_OUTPUT_BYTES)
                .getString(0, StandardCharsets.UTF_8);
    }

    private static MemorySegment pointer(MethodHandle handle, Object argument) {
        try {
            return (MemorySegment) handle.invoke(argument);
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }

    private static int integer(MethodHandle handle, MemorySegment argument) {
        try {
            return (int) handle.invokeExact(argument);
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }

    /** Frees the context. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                library.contextFree().invokeExact(context);
            } catch (Throwable impossible) {
                throw new AssertionError("a downcall throws nothing", impossible);
            }
        }
    }
}
