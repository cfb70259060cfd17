package cli.command;

import api.function.ResetRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Makes virtual functions free, whoever has them. */
final class VirtualFunctionResetCommand implements OverNames {

    @Override
    public Syntax syntax() {
        return new Syntax("vf reset", "Make virtual functions free whoever has them, unless a program"
                + " has them open")
                .positionals("FUNCTION [FUNCTION...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String function, Arguments arguments, Console console)
            throws CallException, IOException {
        String address = FunctionFacts.address(function);
        client.unary("ResetFunction",
                new MessageWriter().string(ResetRequest.ADDRESS_FIELD_NUMBER, address));
        console.println(address);
    }
}
