using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class FunctionRegistryTests
{
    [Fact]
    public void Every_function_of_the_language_can_be_evaluated() =>
        Assert.DoesNotContain(FunctionSignatures.All, static signature => !FunctionRegistry.Knows(signature.Name));
}
