package runtime.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an ELF file needs to run ({@code elf(5)}): the parts of its program headers and dynamic section
 * that {@code ld.so(8)} follows. Any content is safe to read: every offset is checked.
 *
 * @param bits           32 or 64
 * @param machine        {@code e_machine}
 * @param interpreter    {@code PT_INTERP}, the dynamic linker
 * @param needed         {@code DT_NEEDED}: names of libraries
 * @param searchPath     {@code DT_RPATH}, used where there is no {@code runPath}
 * @param runPath        {@code DT_RUNPATH}
 */
public record ElfFile(int bits, int machine, Optional<String> interpreter, List<String> needed,
                      Optional<String> searchPath, Optional<String> runPath) {
    private static final int HEADER_LIMIT = 4096;
    private static final int DYNAMIC_LIMIT = 65_536;
    private static final int TEXT_LIMIT_BYTES = 4096;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int INTERPRETER = 3;
    private static final int NEEDED = 1;
    private static final int STRING_TABLE = 5;
    private static final int SEARCH_PATH = 15;
    private static final int RUN_PATH = 29;

    /** Whether a file starts like an ELF file. */
    public static boolean hasMagic(ByteBuffer file) {
        return file.limit() >= 4 && file.get(0) == 0x7F && file.get(1) == 'E'
                && file.get(2) == 'L' && file.get(3) == 'F';
    }

    /**
     * Reads a file.
     *
     * @throws ImageFormatException if it is not ELF or broken
     */
    public static ElfFile parse(ByteBuffer file) throws ImageFormatException {
        if (!hasMagic(file) || file.limit() < 20) {
            throw new ImageFormatException("not an ELF file");
        }
        int bits = switch (file.get(4)) {
            case 1 -> 32;
            case 2 -> 64;
            default -> throw new ImageFormatException("ELF file of unknown class " + file.get(4));
        };
        ByteOrder order = switch (file.get(5)) {
            case 1 -> ByteOrder.LITTLE_ENDIAN;
            case 2 -> ByteOrder.BIG_ENDIAN;
            default -> throw new ImageFormatException("ELF file of unknown byte order");
        };
        try {
            return new Reader(file.duplicate().order(order), bits).read();
        } catch (IndexOutOfBoundsException e) {
            throw new ImageFormatException("the ELF file is cut short or points outside itself", e);
        }
    }

    private record Segment(int type, long offset, long address, long sizeBytes) {
    }

    private static final class Reader {
        private final ByteBuffer file;
        private final boolean wide;

        Reader(ByteBuffer file, int bits) {
            this.file = file;
            this.wide = bits == 64;
        }

        ElfFile read() throws ImageFormatException {
            List<Segment> segments = segments();
            Optional<String> interpreter = Optional.empty();
            List<Long> needed = new ArrayList<>();
            long[] text = {-1, -1, -1};
            for (Segment segment : segments) {
                if (segment.type == INTERPRETER) {
                    interpreter = Optional.of(text(segment.offset));
                } else if (segment.type == DYNAMIC) {
                    readDynamic(segment, needed, text);
                }
            }
            List<String> names = new ArrayList<>();
            Optional<String> searchPath = Optional.empty();
            Optional<String> runPath = Optional.empty();
            if (text[0] >= 0) {
                long table = fileOffset(segments, text[0]);
                for (long name : needed) {
                    names.add(text(table + name));
                }
                searchPath = text[1] < 0 ? searchPath : Optional.of(text(table + text[1]));
                runPath = text[2] < 0 ? runPath : Optional.of(text(table + text[2]));
            }
            return new ElfFile(wide ? 64 : 32, file.getShort(18) & 0xFFFF, interpreter,
                    List.copyOf(names), searchPath, runPath);
        }

        private List<Segment> segments() throws ImageFormatException {
            long table = word(wide ? 32 : 28);
            int size = file.getShort(wide ? 54 : 42) & 0xFFFF;
            int count = file.getShort(wide ? 56 : 44) & 0xFFFF;
            if (count > HEADER_LIMIT || count > 0 && size < (wide ? 56 : 32)) {
                throw new ImageFormatException("the ELF file has " + count
                        + " program headers of " + size + " bytes");
            }
            List<Segment> segments = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long at = table + (long) i * size;
                segments.add(wide
                        ? new Segment(file.getInt(index(at)), word(at + 8), word(at + 16),
                                word(at + 32))
                        : new Segment(file.getInt(index(at)), word(at + 4), word(at + 8),
                                word(at + 16)));
            }
            return segments;
        }

        /** @param text receives string table address, search path and run path */
        private void readDynamic(Segment segment, List<Long> needed, long[] text)
                throws ImageFormatException {
            int step = wide ? 16 : 8;
            long count = Math.min(segment.sizeBytes / step, DYNAMIC_LIMIT);
            for (long i = 0; i < count; i++) {
                long at = segment.offset + i * step;
                long tag = word(at);
                long value = word(at + step / 2);
                if (tag == 0) {
                    return;
                } else if (tag == NEEDED) {
                    needed.add(value);
                } else if (tag == STRING_TABLE) {
                    text[0] = value;
                } else if (tag == SEARCH_PATH) {
                    text[1] = value;
                } else if (tag == RUN_PATH) {
                    text[2] = value;
                }
            }
        }

        private static long fileOffset(List<Segment> segments, long address)
                throws ImageFormatException {
            for (Segment segment : segments) {
                long into = address - segment.address;
                if (segment.type == LOAD && into >= 0 && into < segment.sizeBytes) {
                    return segment.offset + into;
                }
            }
            throw new ImageFormatException("the ELF file's string table is in no segment");
        }

        private long word(long at) {
            return wide ? file.getLong(index(at)) : file.getInt(index(at)) & 0xFFFF_FFFFL;
        }

        private String text(long at) throws ImageFormatException {
            int start = index(at);
            int end = start;
            while (file.get(end) != 0) {
                end++;
                if (end - start > TEXT_LIMIT_BYTES) {
                    throw new ImageFormatException("a text in the ELF file does not end");
                }
            }
            byte[] bytes = new byte[end - start];
            file.get(start, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private int index(long at) {
            if (at < 0 || at >= file.limit()) {
                throw new IndexOutOfBoundsException("byte " + at);
            }
            return (int) at;
        }
    }
}
