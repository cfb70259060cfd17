package runtime.plan;

import java.util.List;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.netlink.NetlinkRequest;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;

/** Sends netlink messages and checks each answer ({@code rtnetlink(7)}). */
final class NetlinkSteps {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int ANSWER_BYTES = 1024;
    /** {@code struct nlmsgerr.error} behind the 16 bytes of {@code struct nlmsghdr}. */
    private static final int ERROR_OFFSET_BYTES = 16;

    private NetlinkSteps() {}

    static void add(Steps steps, List<NetlinkRequest> requests, String side) {
        Slot socket = Slot.result("netlink");
        Slot answer = Slot.buffer("netlink_answer", ANSWER_BYTES);
        steps.call(SystemCall.SOCKET, Operand.number(AF_NETLINK, "AF_NETLINK"),
                Operand.number(SOCK_RAW | OpenFlag.O_CLOEXEC.value(), "SOCK_RAW|SOCK_CLOEXEC"),
                Operand.number(0, "NETLINK_ROUTE")).into(socket).manual("netlink(7)").because(side);
        for (NetlinkRequest request : requests) {
            byte[] message = request.message();
            steps.call(SystemCall.SENDTO, Operand.value(socket),
                    new Operand.Block(message, request.symbolic()), Operand.number(message.length),
                    Operand.number(0), Operand.nothing(), Operand.number(0))
                    .manual("rtnetlink(7)").because(request.reason());
            steps.call(SystemCall.RECVFROM, Operand.value(socket), Operand.address(answer),
                    Operand.number(ANSWER_BYTES), Operand.number(0), Operand.nothing(),
                    Operand.nothing()).manual("netlink(7)").because("the kernel's answer");
            steps.check(new Operand.SlotAddress(answer, ERROR_OFFSET_BYTES), request.symbolic());
        }
        steps.call(SystemCall.CLOSE, Operand.value(socket)).ignoring().because("done");
    }
}
