package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
)

// Writer and Novel are the entities of the examples.
type Writer struct {
	ID     int64
	Name   string                `orm:",unique"`
	Novels orm.Collection[Novel] `orm:",mappedBy=Writer"`
}

// Novel has a writer.
type Novel struct {
	ID     int64
	Title  string
	Pages  int
	Writer orm.Ref[Writer] `orm:",required"`
}

// novels opens a database with two novels of one writer.
func novels(ctx context.Context) *orm.DB {
	db, err := orm.Open(ctx, memory.New(), orm.Entities(Writer{}, Novel{}))
	if err != nil {
		panic(err)
	}
	em := db.Fork()
	ann := &Writer{Name: "Ann"}
	em.Persist(&Novel{Title: "Waves", Pages: 120, Writer: orm.To(ann)}, &Novel{Title: "Winter", Pages: 300, Writer: orm.To(ann)})
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	return db
}

func Example() {
	ctx := context.Background()
	db, err := orm.Open(ctx, memory.New(), orm.Entities(Writer{}, Novel{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()

	em := db.Fork() // one for each request
	em.Persist(&Novel{Title: "Waves", Pages: 120, Writer: orm.To(&Writer{Name: "Ann"})})
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	writers, err := orm.Find[Writer](ctx, em, orm.M{"novels.pages >=": 100}, orm.Populate("novels"))
	if err != nil {
		panic(err)
	}
	fmt.Println(writers[0].Name, writers[0].Novels.Items()[0].Title)
	// Output: Ann Waves
}

func ExampleFind() {
	ctx := context.Background()
	db := novels(ctx)
	long, err := orm.Find[Novel](ctx, db.Fork(), orm.M{"writer.name": "Ann", "pages >": 200}, orm.OrderBy("-pages"), orm.Limit(10))
	fmt.Println(len(long), long[0].Title, err)
	// Output: 1 Winter <nil>
}

func ExampleFindOneOrFail() {
	ctx := context.Background()
	_, err := orm.FindOneOrFail[Novel](ctx, novels(ctx).Fork(), orm.M{"title": "Spring"})
	fmt.Println(errors.Is(err, orm.ErrNotFound), err)
	// Output: true orm: find: Novel: not found
}

func ExampleEntityManager_Flush() {
	ctx := context.Background()
	em := novels(ctx).Fork()
	ann, err := orm.FindOneOrFail[Writer](ctx, em, orm.M{"name": "Ann"}, orm.Populate("novels"))
	if err != nil {
		panic(err)
	}
	ann.Name = "Ann A."
	ann.Novels.Add(&Novel{Title: "Wind", Pages: 80})
	plan, err := em.Plan(ctx)
	fmt.Print(plan)
	fmt.Println(err, em.Flush(ctx))
	// Output:
	// 1 update Writer
	//     set name="Ann A." where id=1
	// 2 insert Novel returning id
	//     set title="Wind" pages=80 writer_id=1
	// <nil> <nil>
}

func ExampleEntityManager_Transactional() {
	ctx := context.Background()
	db := novels(ctx)
	err := db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		if _, err := orm.NativeDelete[Novel](ctx, em, orm.M{"pages <": 200}); err != nil {
			return err
		}
		return errors.New("second thoughts")
	})
	n, _ := orm.Count[Novel](ctx, db.Fork(), nil)
	fmt.Println(err, n)
	// Output: second thoughts 2
}

func ExampleFrom() {
	ctx := context.Background()
	ctx = orm.NewContext(ctx, novels(ctx).Fork()) // middleware does this
	n, err := orm.Count[Novel](ctx, orm.From(ctx), nil)
	fmt.Println(n, err)
	_, err = orm.Count[Novel](ctx, orm.From(context.Background()), nil)
	fmt.Println(errors.Is(err, orm.ErrNoManager))
	// Output:
	// 2 <nil>
	// true
}

func ExampleFromJSON() {
	ctx := context.Background()
	db := novels(ctx)
	policy := orm.Policy{Paths: []string{"title", "pages"}}
	cond, err := orm.FromJSON[Novel](db, []byte(`{"pages": {"$gte": 200}}`), policy)
	if err != nil {
		panic(err)
	}
	n, err := orm.Count[Novel](ctx, db.Fork(), cond)
	fmt.Println(n, err)
	_, err = orm.FromJSON[Novel](db, []byte(`{"writer.name": "Ann"}`), policy)
	fmt.Println(errors.Is(err, orm.ErrPolicy))
	// Output:
	// 1 <nil>
	// true
}

func ExampleAssign() {
	ctx := context.Background()
	em := novels(ctx).Fork()
	novel, err := orm.FindOneOrFail[Novel](ctx, em, 1)
	if err != nil {
		panic(err)
	}
	err = orm.Assign(ctx, em, novel, orm.M{"title": "High waves", "writer": 2}, orm.AssignOnly("title", "pages"))
	fmt.Println(novel.Title, err)
	err = orm.Assign(ctx, em, novel, orm.M{"title": "High waves"}, orm.AssignOnly("title", "pages"))
	fmt.Println(novel.Title, err)
	// Output:
	// Waves orm: assign: Novel 1.writer: property may not be assigned
	// High waves <nil>
}

func ExampleIsUnique() {
	ctx := context.Background()
	em := novels(ctx).Fork()
	em.Persist(&Writer{Name: "Ann"})
	fmt.Println(orm.IsUnique(em.Flush(ctx), "name"))
	// Output: true
}
