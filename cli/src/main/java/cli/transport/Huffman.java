package cli.transport;

/**
 * The Huffman code of RFC 7541 Appendix B, decoding only. The code is canonical: the lengths alone
 * define it, codes of one length ascending with the symbol.
 */
final class Huffman {
    private static final int END_OF_STRING = 256;
    private static final int LONGEST_BITS = 30;

    /** Bits of the code of each octet, by octet: one character each, 'A' standing for 1 bit. */
    private static final String LENGTHS =
            "MW\\\\\\\\\\\\\\X^\\\\^\\\\\\\\\\\\\\\\^\\\\\\\\\\\\\\\\\\"
            + "FJJLMFHKJJHKHFFFEEEFFFFFFFGHOFLJMFGGGGGGGGGGGGGGGGGGGGGGHGHMSMNF"
            + "OEFEFEFFFEGGFFFEFGFEEFGGGGGOKNM\\TVTTVVVWVWWWWWXWXXVWXWWWWUVWVWWX"
            + "VUTVVWWUWVVXUVWWUUVUWVWWTVVVWVVWZZTSVWVYZZZ[[ZXYSUZ[[Z[XUUZZ\\[[["
            + "TXTUVUUWVVYYXXZWZ[ZZ[[[[[\\[[[[[Z^";

    /** Symbols ordered by code length, then value. */
    private static final short[] SYMBOLS = new short[LENGTHS.length()];
    /** By length: the first code, where its symbol stands in SYMBOLS, and how many there are. */
    private static final int[] FIRST_CODE = new int[LONGEST_BITS + 1];
    private static final int[] FIRST_PLACE = new int[LONGEST_BITS + 1];
    private static final int[] COUNT = new int[LONGEST_BITS + 1];

    static {
        int code = 0;
        int place = 0;
        for (int bits = 1; bits <= LONGEST_BITS; bits++) {
            code <<= 1;
            FIRST_CODE[bits] = code;
            FIRST_PLACE[bits] = place;
            for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
                if (LENGTHS.charAt(symbol) - '@' == bits) {
                    SYMBOLS[place++] = (short) symbol;
                    code++;
                }
            }
            COUNT[bits] = place - FIRST_PLACE[bits];
        }
    }

    private Huffman() {}

    /**
     * Decodes octets.
     *
     * @throws ProtocolException for a code of no symbol, the end-of-string symbol, or padding that is
     *     longer than 7 bits or not all ones (RFC 7541 §5.2)
     */
    static String decode(byte[] bytes, int start, int length) throws ProtocolException {
        StringBuilder text = new StringBuilder(length * 8 / 5);
        int code = 0;
        int bits = 0;
        for (int i = start; i < start + length; i++) {
            for (int bit = 7; bit >= 0; bit--) {
                code = code << 1 | bytes[i] >> bit & 1;
                bits++;
                int offset = code - FIRST_CODE[bits];
                if (offset < COUNT[bits]) {
                    int symbol = SYMBOLS[FIRST_PLACE[bits] + offset];
                    if (symbol == END_OF_STRING) {
                        throw new ProtocolException("HPACK: end-of-string symbol inside a string");
                    }
                    text.append((char) symbol);
                    code = 0;
                    bits = 0;
                } else if (bits == LONGEST_BITS) {
                    throw new ProtocolException("HPACK: a Huffman code of no symbol");
                }
            }
        }
        if (bits > 7 || code != (1 << bits) - 1) {
            throw new ProtocolException("HPACK: wrong padding after a Huffman string");
        }
        return text.toString();
    }
}
