namespace AmpEdge.Proxy.Forwarding;

/// <summary>An answer of the proxy's own in place of the upstream's.</summary>
/// <param name="Reason">For the counter.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Text">What is wrong and what to do, for the caller.</param>
/// <param name="RetryAfterSeconds">When to come again; 0: not said.</param>
internal sealed record Refusal(RefusalReason Reason, int Status, string Text, int RetryAfterSeconds = 0)
{
    /// <summary>Whole seconds, at least one.</summary>
    public static int SecondsOf(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 3600);
}
