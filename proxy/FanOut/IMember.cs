namespace AmpEdge.Proxy.FanOut;

/// <summary>One workspace of a virtual workspace: signs requests to it and sends them. Thread-safe.</summary>
internal interface IMember
{
    /// <summary>The value of the workspace label.</summary>
    string Name { get; }

    /// <summary>Sends a request; the answer's head is there, its body is still to be read.</summary>
    /// <param name="path">Below the workspace's base, such as <c>/api/v1/labels</c>, escaped.</param>
    /// <param name="form">A form for POST, escaped; null for GET.</param>
    /// <param name="query">The query string of GET without question mark; may be empty.</param>
    /// <param name="via">The proxies that it has come through.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="MemberFailedException">There is nothing to sign with, or the member cannot be reached.</exception>
    Task<HttpResponseMessage> SendAsync(string path, string query, string? form, string via, CancellationToken cancel);
}
