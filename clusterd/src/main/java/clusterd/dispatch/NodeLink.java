package clusterd.dispatch;

import clusterd.session.ToNode;

/** The manager's side of one stream with a node. */
public interface NodeLink {
    /** Says something; never blocks. A link that is broken, or whose node does not listen, drops it. */
    void say(ToNode message);

    /** Breaks it. */
    void close();
}
