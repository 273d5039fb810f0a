namespace AmpEdge.Proxy.Credentials;

/// <summary>How a signed query was answered.</summary>
/// <param name="IsGood">The signature was accepted, and nothing else stood in the way.</param>
/// <param name="Text">Status and what the server said.</param>
/// <param name="Advice">What to do; empty when there is nothing.</param>
internal sealed record SignTestAnswer(bool IsGood, string Text, string Advice);
