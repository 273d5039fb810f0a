using System.Diagnostics.CodeAnalysis;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>What became of one request: a value, or an error.</summary>
internal sealed record MemberOutcome<T>(MemberRequest Request, T? Value, ApiError? Error)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Succeeded => Value is not null;
}
