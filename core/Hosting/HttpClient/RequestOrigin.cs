namespace AmpEdge.Hosting;

/// <summary>Marks requests that a redirect has led away from the origin that was configured.</summary>
internal static class RequestOrigin
{
    private static readonly HttpRequestOptionsKey<bool> s_foreign = new("ampedge.foreign-origin");

    public static void MarkForeign(HttpRequestMessage request) => request.Options.Set(s_foreign, true);

    /// <summary>True when credentials must not go along.</summary>
    public static bool IsForeign(HttpRequestMessage request) => request.Options.TryGetValue(s_foreign, out bool foreign) && foreign;

    public static bool AreSame(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port
        && left.Host.Equals(right.Host, StringComparison.OrdinalIgnoreCase);
}
