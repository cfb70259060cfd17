package runtime.plugin;

import api.function.Wish;
import runtime.device.FunctionWish;

/** How a virtual function is to be, in the words of its plug-in. */
final class WishMessage {
    private WishMessage() {}

    static Wish of(FunctionWish wish) {
        Wish.Builder message = Wish.newBuilder().setVlanProto(wish.vlanProto()).setLinkState(wish.linkState());
        wish.address().ifPresent(message::setMac);
        wish.vlan().ifPresent(message::setVlan);
        wish.vlanQos().ifPresent(message::setVlanQos);
        wish.minMegabit().ifPresent(message::setMinTxRateMegabit);
        wish.maxMegabit().ifPresent(message::setMaxTxRateMegabit);
        wish.spoofCheck().ifPresent(message::setSpoofCheck);
        wish.trust().ifPresent(message::setTrust);
        wish.mtuBytes().ifPresent(message::setMtuBytes);
        return message.build();
    }
}
