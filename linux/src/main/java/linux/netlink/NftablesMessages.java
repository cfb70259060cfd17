package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Checksum;

/**
 * Requests about elements of nf_tables' sets and maps ({@code linux/netfilter/nf_tables.h}), for a batch of a netfilter
 * socket. Unlike {@code nft(8)} they ask for nothing that is there, so a change costs what it changes.
 */
public final class NftablesMessages {
    /** Elements of one message: its list must not be longer than 64 KiB. */
    public static final int MOST_ELEMENTS = 500;
    /** {@code NFNL_SUBSYS_NFTABLES << 8}. */
    private static final int SUBSYSTEM = 10 << 8;
    private static final int GET_RULES = SUBSYSTEM | 7;
    private static final int RULE_TABLE = 1;
    private static final int NEW_ELEMENTS = SUBSYSTEM | 12;
    private static final int GET_ELEMENTS = SUBSYSTEM | 13;
    private static final int GET_GENERATION = SUBSYSTEM | 16;
    private static final int GENERATION_ID = 1;
    private static final int STRUCT_BYTES = 4;
    private static final int DELETE_ELEMENTS = SUBSYSTEM | 14;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    /** {@code NFPROTO_INET}: tables of both families. */
    private static final int INET = 1;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int TYPE_MASK = 0x3fff;
    private static final int LIST_TABLE = 1;
    private static final int LIST_SET = 2;
    private static final int LIST_ELEMENTS = 3 | NLA_F_NESTED;
    private static final int LIST_ELEMENT = 1 | NLA_F_NESTED;
    private static final int ELEMENT_KEY = 1 | NLA_F_NESTED;
    private static final int ELEMENT_DATA = 2 | NLA_F_NESTED;
    private static final int DATA_VALUE = 1;
    private static final int DATA_VERDICT = 2 | NLA_F_NESTED;
    private static final int VERDICT_CODE = 1;
    private static final int VERDICT_CHAIN = 2;
    private static final byte[] GOTO = {-1, -1, -1, -4};

    /**
     * An element of a map.
     *
     * @param key   its fields one after the other, each filled up to four bytes
     * @param value likewise; of a verdict map the name of the chain that is gone to, of a set nothing
     */
    public record Element(byte[] key, byte[] value) {
        /** One that leads to a chain. */
        public static Element leading(byte[] key, String chain) {
            return new Element(key, chain.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private NftablesMessages() {}

    /** Adds elements to a map of data in an {@code inet} table; EEXIST or EBUSY if one is there with another value. */
    public static NetlinkRequest add(String table, String map, List<Element> elements) {
        return add(table, map, elements, false);
    }

    /** Adds elements to a verdict map: each leads to its chain. */
    public static NetlinkRequest addLeading(String table, String map, List<Element> elements) {
        return add(table, map, elements, true);
    }

    private static NetlinkRequest add(String table, String map, List<Element> elements, boolean verdicts) {
        MessageWriter writer = message(NEW_ELEMENTS, MessageFlag.CREATE, table, map);
        int list = writer.begin(LIST_ELEMENTS);
        for (Element each : elements) {
            int element = writer.begin(LIST_ELEMENT);
            key(writer, each.key());
            if (each.value().length == 0) {
                writer.end(element);
                continue;
            }
            int data = writer.begin(ELEMENT_DATA);
            if (verdicts) {
                int verdict = writer.begin(DATA_VERDICT);
                writer.attribute(VERDICT_CODE, GOTO)
                        .attributeName(VERDICT_CHAIN, new String(each.value(), StandardCharsets.US_ASCII)).end(verdict);
            } else {
                writer.attribute(DATA_VALUE, each.value());
            }
            writer.end(data).end(element);
        }
        writer.end(list);
        return writer.request("NFT_MSG_NEWSETELEM inet " + table + " " + map + " of " + elements.size(),
                "packets that match them are known");
    }

    /** Deletes elements by their keys; ENOENT if one is not there. */
    public static NetlinkRequest delete(String table, String map, List<byte[]> keys) {
        MessageWriter writer = message(DELETE_ELEMENTS, 0, table, map);
        int list = writer.begin(LIST_ELEMENTS);
        for (byte[] each : keys) {
            int element = writer.begin(LIST_ELEMENT);
            key(writer, each);
            writer.end(element);
        }
        writer.end(list);
        return writer.request("NFT_MSG_DELSETELEM inet " + table + " " + map + " of " + keys.size(),
                "packets that match them are known no more");
    }

    /** Asks, in a dump, for the rules of all chains of an {@code inet} table; none if it is not there. */
    public static NetlinkRequest rules(String table) {
        return new MessageWriter(GET_RULES, MessageFlag.REQUEST | MessageFlag.DUMP).u8(INET).u8(0).u16(0)
                .attributeName(RULE_TABLE, table)
                .request("NFT_MSG_GETRULE inet " + table, "rules may be others than were made");
    }

    /** Adds the payload of an answer to {@link #rules} to a checksum, without what another change of other tables makes another. */
    public static void add(byte[] payload, Checksum sum) {
        sum.update(payload, STRUCT_BYTES, Math.max(0, payload.length - STRUCT_BYTES));
    }

    /** Asks, in a dump, for the elements of a map or set of an {@code inet} table; ENOENT if it is not there. */
    public static NetlinkRequest elements(String table, String map) {
        return new MessageWriter(GET_ELEMENTS, MessageFlag.REQUEST | MessageFlag.DUMP).u8(INET).u8(0).u16(0)
                .attributeName(LIST_TABLE, table).attributeName(LIST_SET, map)
                .request("NFT_MSG_GETSETELEM inet " + table + " " + map, "elements may be others than were made");
    }

    /** Reads the payload of an answer to {@link #elements}. A verdict that leads to no chain has an empty name. */
    public static List<Element> decode(byte[] payload) {
        List<Element> elements = new ArrayList<>();
        for (Attributes each : Attributes.read(payload, STRUCT_BYTES).nested(LIST_ELEMENTS & TYPE_MASK)
                .each(LIST_ELEMENT & TYPE_MASK)) {
            Attributes data = each.nested(ELEMENT_DATA & TYPE_MASK);
            byte[] value = data.bytes(DATA_VALUE).orElseGet(() -> data.nested(DATA_VERDICT & TYPE_MASK)
                    .text(VERDICT_CHAIN).orElse("").getBytes(StandardCharsets.US_ASCII));
            elements.add(new Element(each.nested(ELEMENT_KEY & TYPE_MASK).bytes(DATA_VALUE).orElse(new byte[0]),
                    value));
        }
        return elements;
    }

    /**
     * Asks how often anything of nf_tables was changed in the network namespace, by whomever: each transaction makes
     * the number one greater ({@code NFT_MSG_GETGEN}).
     */
    public static NetlinkRequest generation() {
        return new MessageWriter(GET_GENERATION, MessageFlag.REQUEST).u8(0).u8(0).u16(0)
                .request("NFT_MSG_GETGEN", "others may have changed something");
    }

    /** Reads the payload of the answer to {@link #generation()}: 32 bits without a sign. */
    public static long decodeGeneration(byte[] payload) throws MalformedReplyException {
        byte[] id = Attributes.read(payload, STRUCT_BYTES).bytes(GENERATION_ID)
                .filter(each -> each.length == Integer.BYTES)
                .orElseThrow(() -> new MalformedReplyException("NFT_MSG_NEWGEN without a number"));
        return ByteBuffer.wrap(id).getInt() & 0xffff_ffffL;
    }

    private static MessageWriter message(int type, int flags, String table, String map) {
        return new MessageWriter(type, MessageFlag.REQUEST | MessageFlag.ACK | flags).u8(INET).u8(0).u16(0)
                .attributeName(LIST_TABLE, table).attributeName(LIST_SET, map);
    }

    private static void key(MessageWriter writer, byte[] value) {
        int key = writer.begin(ELEMENT_KEY);
        writer.attribute(DATA_VALUE, value).end(key);
    }

    /** What a batch for nf_tables begins with: what follows happens as a whole, or not at all. */
    public static NetlinkRequest batchBegin() {
        return batch(BATCH_BEGIN, "NFNL_MSG_BATCH_BEGIN");
    }

    /** What it ends with. */
    public static NetlinkRequest batchEnd() {
        return batch(BATCH_END, "NFNL_MSG_BATCH_END");
    }

    /** {@code struct nfgenmsg}: of no family, and the subsystem in the network's order. */
    private static NetlinkRequest batch(int type, String name) {
        return new MessageWriter(type, MessageFlag.REQUEST).u8(0).u8(0).u8(SUBSYSTEM >> 16).u8(SUBSYSTEM >> 8)
                .request(name, "changes of nf_tables come in batches");
    }
}
