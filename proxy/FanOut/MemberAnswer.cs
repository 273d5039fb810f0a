using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.FanOut;

/// <summary>A successful answer of a member to a query, kept as text in pooled memory; disposing gives that back.</summary>
internal sealed class MemberAnswer(PooledBody body, MemberData<List<AnswerSeries>> answer, bool isMatrix) : IDisposable
{
    /// <summary>Whether series have points over time; else one each.</summary>
    public bool IsMatrix { get; } = isMatrix;

    /// <summary>In the member's order.</summary>
    public List<AnswerSeries> Series => answer.Data;

    public List<string> Warnings => answer.Warnings;

    public List<string> Infos => answer.Infos;

    /// <summary>The text that the ranges of <see cref="AnswerSeries"/> lie in.</summary>
    public ReadOnlySpan<byte> Text => body.Content;

    public void Dispose() => body.Dispose();
}
