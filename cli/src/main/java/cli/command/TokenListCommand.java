package cli.command;

import api.cluster.ListTokensRequest;
import api.cluster.ListTokensResponse;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the tokens with which machines may join. */
final class TokenListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("cluster token ls", "List the tokens that let machines join"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListTokensResponse response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListTokens", ListTokensRequest.getDefaultInstance(),
                    ListTokensResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListTokensResponse.Token token : response.getTokensList()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("ID", token.getId());
            row.put("Role", ListedNode.role(token.getRoleValue()));
            row.put("Expires", token.getExpiresMillis() == 0 ? "never"
                    : Times.readable(token.getExpiresMillis() * 1_000_000));
            row.put("UsesLeft", token.getUnlimited() ? "any" : Integer.toString(token.getUsesLeft()));
            rows.add(row);
        }
        new Listing("ID",
                new Listing.Column("ID", "ID", false),
                new Listing.Column("ROLE", "Role", false),
                new Listing.Column("EXPIRES", "Expires", false),
                new Listing.Column("USES LEFT", "UsesLeft", false)).print(rows, arguments, console);
        return 0;
    }
}
