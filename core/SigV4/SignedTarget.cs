namespace AmpEdge.SigV4;

/// <summary>Where a request goes, in the form that is signed and sent.</summary>
/// <param name="Authority">What goes out as <c>Host</c>, unless the request names another.</param>
/// <param name="Path">Escapes as they go over the wire.</param>
/// <param name="Query">Without its question mark; empty for none.</param>
public readonly record struct SignedTarget(string Authority, string Path, string Query)
{
    // Uri would otherwise unescape and resolve once more what was just brought into the signed form.
    private static readonly UriCreationOptions s_asWritten =
        new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>An address that sends exactly this.</summary>
    public Uri ToUri(string scheme) => new($"{scheme}://{Authority}{Path}{(Query.Length > 0 ? "?" : "")}{Query}", s_asWritten);
}
