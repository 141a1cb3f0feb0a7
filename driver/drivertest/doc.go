// Package drivertest is the conformance kit for drivers: what the orm relies on,
// as tests any driver can run against itself.
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, drivertest.Options{
//			Open: func(t testing.TB) driver.Connector { return memory.New() },
//		})
//	}
//
// What an engine cannot do by its Caps is skipped, never guessed from its name.
package drivertest
