namespace AmpEdge.Hosting;

/// <summary>One line of a <see cref="RouteTable"/>.</summary>
public sealed record Route(IReadOnlyList<string> Methods, string Pattern, HttpHandler Handler);
