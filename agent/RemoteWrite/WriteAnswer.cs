namespace AmpEdge.Agent.RemoteWrite;

/// <summary>How a try to send ended.</summary>
/// <param name="Verdict">What to do now.</param>
/// <param name="Reason">A short word for metrics, such as <c>out_of_order</c>; empty when delivered.</param>
/// <param name="Message">What the receiver or the network said, cut to a readable length.</param>
/// <param name="RetryAfter">How long the receiver asks to wait; null when it does not say.</param>
internal readonly record struct WriteAnswer(WriteVerdict Verdict, string Reason, string Message, TimeSpan? RetryAfter = null)
{
    public static WriteAnswer Delivered { get; } = new(WriteVerdict.Delivered, "", "");

    /// <summary>How much of the request a receiver of version 2.0 says that it stored; null where it says nothing.</summary>
    public EntryCounts? Written { get; init; }
}
