namespace AmpEdge.Proxy.FanOut;

/// <summary>One request to one member.</summary>
/// <param name="Member">Who is asked.</param>
/// <param name="Path">Such as <c>/api/v1/query</c>, escaped.</param>
/// <param name="Parameters">Sent as a form, or as the query string when <paramref name="IsGet"/>; escaped.</param>
/// <param name="IsGet">For calls that AMP takes by GET only.</param>
/// <param name="Part">Which part of a query this is.</param>
internal sealed record MemberRequest(IMember Member, string Path, string Parameters, bool IsGet = false, int Part = 0)
{
    /// <summary>As in <see cref="FanOutCall"/>.</summary>
    public string Via { get; init; } = "";
}
