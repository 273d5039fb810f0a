namespace AmpEdge.Agent.Discovery;

/// <summary>A node of a target file, so that one reader serves JSON and YAML.</summary>
internal interface ITargetNode<TSelf>
    where TSelf : struct, ITargetNode<TSelf>
{
    bool IsNull { get; }

    /// <summary>A list's items, or null.</summary>
    IEnumerable<TSelf>? Items { get; }

    /// <summary>A mapping's entries, or null.</summary>
    IEnumerable<(string Key, TSelf Value)>? Members { get; }

    /// <summary>A text, or null.</summary>
    string? Text { get; }

    /// <summary>What the node is, for messages.</summary>
    string Shape { get; }

    /// <summary>Where it is, as <c>:line:column</c>, or empty.</summary>
    string Position { get; }
}
