package cli.command;

import static api.node.CreateContainerRequest.RESOURCE_REQUESTS_FIELD_NUMBER;

import api.function.Wish;
import cli.wire.MessageWriter;
import clusterd.template.DeviceRequests;
import java.util.OptionalInt;
import runtime.device.FunctionWish;
import runtime.device.ResourceRequest;
import runtime.device.ResourceWords;

/** --resource: devices that a plug-in offers, and how they are to be. */
final class ResourceFlags {
    private static final String OPTION = "resource";

    private ResourceFlags() {}

    /** Adds what the arguments say to the message. */
    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        for (String word : arguments.values(OPTION)) {
            request.message(RESOURCE_REQUESTS_FIELD_NUMBER, resource(word));
        }
    }

    /** "pool", "pool=2", "intel.com/fast,vlan=100,mac=02:00:00:00:00:01": a ResourceRequest. */
    static MessageWriter resource(String word) throws UsageException {
        ResourceWords.Reading reading = ResourceWords.read(KeyValue.commas(word));
        if (!reading.problems().isEmpty()) {
            throw Arguments.invalid(OPTION, word, String.join("; ", reading.problems()));
        }
        ResourceRequest wanted = reading.request();
        MessageWriter request = new MessageWriter()
                .string(api.node.ResourceRequest.NAME_FIELD_NUMBER, wanted.resource())
                .number(api.node.ResourceRequest.COUNT_FIELD_NUMBER, wanted.count() == 1 ? 0 : wanted.count())
                .string(api.node.ResourceRequest.INTERFACE_NAME_FIELD_NUMBER, wanted.interfaceName())
                .strings(api.node.ResourceRequest.ADDRESSES_FIELD_NUMBER, wanted.addresses())
                .number(api.node.ResourceRequest.OPTIONAL_FIELD_NUMBER, wanted.optional() ? 1 : 0);
        return wanted.wish().equals(FunctionWish.NONE) ? request
                : request.message(api.node.ResourceRequest.WISH_FIELD_NUMBER, wish(wanted.wish()));
    }

    /** The word that means a message. */
    static String word(api.node.ResourceRequest request) {
        return ResourceWords.text(DeviceRequests.record(request));
    }

    private static MessageWriter wish(FunctionWish wanted) {
        MessageWriter wish = new MessageWriter()
                .string(Wish.MAC_FIELD_NUMBER, wanted.address().orElse(""))
                .string(Wish.VLAN_PROTO_FIELD_NUMBER, wanted.vlanProto())
                .string(Wish.LINK_STATE_FIELD_NUMBER, wanted.linkState());
        number(wish, Wish.VLAN_FIELD_NUMBER, wanted.vlan());
        number(wish, Wish.VLAN_QOS_FIELD_NUMBER, wanted.vlanQos());
        number(wish, Wish.MIN_TX_RATE_MEGABIT_FIELD_NUMBER, wanted.minMegabit());
        number(wish, Wish.MAX_TX_RATE_MEGABIT_FIELD_NUMBER, wanted.maxMegabit());
        number(wish, Wish.MTU_BYTES_FIELD_NUMBER, wanted.mtuBytes());
        wanted.spoofCheck().ifPresent(on -> wish.optionalNumber(Wish.SPOOF_CHECK_FIELD_NUMBER, on ? 1 : 0));
        wanted.trust().ifPresent(on -> wish.optionalNumber(Wish.TRUST_FIELD_NUMBER, on ? 1 : 0));
        return wish;
    }

    /** Present, be it 0: that is "none", where nothing said is "as it is". */
    private static void number(MessageWriter wish, int field, OptionalInt number) {
        number.ifPresent(value -> wish.optionalNumber(field, Integer.toUnsignedLong(value)));
    }

    /** DOMAIN/NAME of what a word asks for, be the rest of it wrong. */
    static String name(String word) {
        return ResourceWords.read(KeyValue.commas(word)).request().resource();
    }

    /** DOMAIN/NAME, from a name with or without its domain. */
    static String fullName(String name) {
        return ResourceWords.fullName(name);
    }
}
